"""Nobody is banned until somebody says so, and no setting names a command."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.ban import Ban
from core.settings.fields import FIELDS, check


def test_bans_are_off() -> None:
    """A18: opt-in; port 25 even then."""
    assert Ban().action == "off"
    assert not Ban().smtp


def test_who_may_change_a_setting_does_not_become_root() -> None:
    """The command stands in root's own file."""
    names = [name for name in FIELDS if name.startswith("ban.")]
    assert names == ["ban.action", "ban.after", "ban.hours", "ban.limit", "ban.smtp"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("ban.action", "/bin/sh"), ("ban.after", 1), ("ban.hours", 10_000), ("ban.limit", 10**9)],
)
def test_what_may_not_be_set(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=name):
        check(name, value)
