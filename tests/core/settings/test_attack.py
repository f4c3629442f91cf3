"""The settings about attackers begin as facts/data_sources.md 3.4 recommends."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.attack import Attack
from core.settings.fields import FIELDS, read


def test_local_attackers_are_refused_by_default_and_systems_only_watched() -> None:
    """A18."""
    rules = Attack()
    assert (rules.mode, rules.networks, rules.systems) == ("refuse", "refuse", "watch")


def test_good_logins_are_remembered_for_a_month_to_three() -> None:
    assert 30 <= Attack().remember_days <= 90


def test_all_are_the_server_s_alone() -> None:
    """The account is not known yet when they count."""
    levels = {field.levels for name, field in FIELDS.items() if name.startswith("attack.")}
    assert levels == {("server",)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("attack.accounts", "1"), ("attack.hours", "0"), ("attack.mode", "perhaps")],
)
def test_what_would_lock_people_out_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read(name, value)
