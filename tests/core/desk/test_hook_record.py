"""Who may not look at hooks reads what root found of them."""

from __future__ import annotations

import pytest

from core.control import Control
from core.desk import hook_record
from core.desk.installation import Requests
from core.desk.picture import Light, looked_at
from core.errors import StoreError
from core.panel import HookState
from core.system import ownership, secret_file
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
    hook_record.write(office.config, office.panel, Control(office.config.control))
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


def test_root_knocks_for_those_who_may_not(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """D9: "Test now" in a panel's page; what root found before is not taken for its answer."""
    requests = office.config.state / Requests.FOLDER
    requests.mkdir(parents=True)
    office.panel.hooks_here = [Hook("exim")]
    hook_record.write(
        office.config, office.panel, Control(office.config.control), ("test-0123456789abcdef",)
    )
    with monkeypatch.context() as patch:
        _forbid(patch, PermissionError(13, "Permission denied"))
        looks: list[list[str]] = []

        def root_comes(_: float) -> None:
            with patch.context() as root:
                root.setattr(secret_file, "look", lambda _: "secret")
                looks.append(ownership.empty(requests))
                asked = hook_record.tests_among([*looks[-1], "../../etc", "test-x", "reconcile"])
                hook_record.write(
                    office.config, office.panel, Control(office.config.control), asked
                )

        (report,) = hook_record.self_test(
            office.config, office.panel, Control(office.config.control), pause=root_comes
        )
    assert len(looks) == 1
    assert report.name == "exim"
    assert "not knocked at" in report.problem, "there is no daemon in this office"


def test_a_root_that_does_not_come_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher is stopped, or the folder for requests is gone."""
    office.config.state.mkdir()
    _forbid(monkeypatch, PermissionError(13, "Permission denied"))
    with pytest.raises(StoreError, match="cannot be asked"):
        hook_record.self_test(office.config, office.panel, Control(office.config.control))
    (office.config.state / Requests.FOLDER).mkdir()
    times = iter((0.0, 1.0, hook_record.PATIENCE))
    with pytest.raises(StoreError, match=r"mailward-reconcile\.path"):
        hook_record.self_test(
            office.config,
            office.panel,
            Control(office.config.control),
            clock=lambda: next(times),
            pause=lambda _: None,
        )
