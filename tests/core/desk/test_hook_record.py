"""Who may not look at hooks reads what root found of them."""

from __future__ import annotations

import pytest

from core.desk import hook_record
from core.desk.picture import Light, looked_at
from core.errors import StoreError
from core.panel import HookState
from core.system import secret_file
from tests.core.desk.mail_hook import Hook
from tests.core.desk.office import Office


def _forbid(patch: pytest.MonkeyPatch, why: OSError) -> None:
    def look(_: object) -> str:
        raise why

    patch.setattr(secret_file, "look", look)


@pytest.mark.parametrize(
    ("state", "lights"), [(HookState.INSTALLED, []), (HookState.MISSING, [Light.RED])]
)
def test_the_pages_see_what_root_found(
    office: Office, monkeypatch: pytest.MonkeyPatch, state: HookState, lights: list[Light]
) -> None:
    """D9: the daemon's secret is not theirs to read, and no alarm comes of that alone."""
    office.config.state.mkdir()
    office.panel.hooks_here = [Hook("exim", state)]
    looked = hook_record.look(office.config, office.panel)
    hook_record.write(office.config, office.panel)
    _forbid(monkeypatch, PermissionError(13, "Permission denied"))
    assert hook_record.look(office.config, office.panel) == looked != ()
    with office.desk() as desk:
        reports, problems = looked_at(desk)
    assert [each.state for each in reports] == [state]
    assert [each.light for each in problems] == lights
    assert not (office.config.state / hook_record.NAME).stat().st_mode & 0o007


@pytest.mark.parametrize("content", [None, b"", b"{}", b'[{"report": 1}]'])
def test_without_a_record_there_is_nothing_to_say(
    office: Office, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """Until root has looked, and where the file is not what root wrote."""
    office.config.state.mkdir()
    if content is not None:
        (office.config.state / hook_record.NAME).write_bytes(content)
    _forbid(monkeypatch, PermissionError(13, "Permission denied"))
    with office.desk() as desk:
        assert looked_at(desk) == ((), ())


def test_another_failure_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that cannot be read is nothing to be quiet about."""
    _forbid(monkeypatch, OSError(5, "Input/output error"))
    with pytest.raises(StoreError, match="Input/output error"):
        hook_record.look(office.config, office.panel)
