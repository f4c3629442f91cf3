"""Lists of attackers are opt-in, and say on which terms."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.fields import FIELDS, check
from core.settings.lists import NAMES, Lists, mode


def test_no_list_counts_until_somebody_wants_it() -> None:
    """C1; facts 3.4: everything but DROP is opt-in."""
    assert {mode(Lists(), name) for name in NAMES} == {"off"}


@pytest.mark.parametrize("name", ["dshield", "turris"])
def test_lists_that_are_not_for_businesses_say_so(name: str) -> None:
    """Facts 3.2."""
    assert "no commercial use" in FIELDS[f"lists.{name}"].risk


def test_keys_are_secrets_and_lists_are_none() -> None:
    for name, field in FIELDS.items():
        if name.startswith("lists."):
            assert field.secret is name.endswith("_key")
            assert not field.customer
            assert field.levels == ("server",)


@pytest.mark.parametrize("word", ["spamrats_key", "crowdsec_url", "drop"])
def test_what_is_no_list_has_no_mode(word: str) -> None:
    with pytest.raises(KeyError):
        mode(Lists(), word)


@pytest.mark.parametrize(
    ("name", "value", "is_good"),
    [
        ("lists.spamrats", "watch", True),
        ("lists.spamrats", "on", False),
        ("lists.spamhaus_key", "abcdefghijklmnopqrstuvwxyz", True),
        ("lists.spamhaus_key", "evil.example", False),
        ("lists.spamhaus_key", "a" * 64, False),
        ("lists.abuseipdb_key", "a b", False),
        ("lists.abuseipdb_key", "a\nX-Evil: 1", False),
        ("lists.crowdsec_url", "http://[::1]:8080", True),
        ("lists.crowdsec_url", "http://user:word@host", False),
        ("lists.crowdsec_url", "file:///etc/passwd", False),
        ("lists.crowdsec_url", "", True),
    ],
)
def test_what_may_be_set(name: str, value: str, is_good: bool) -> None:
    if is_good:
        assert check(name, value) == value
        return
    with pytest.raises(SettingError, match=name):
        check(name, value)
