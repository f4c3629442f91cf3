"""What a fresh install says and keeps."""

from __future__ import annotations

import string

import pytest

from core.errors import SettingError
from core.settings.fields import FIELDS, PLACEHOLDERS, check
from core.settings.upkeep import Data, Keep, Notify, Owner, Text


def test_refusals_name_the_reason_and_whom_to_ask() -> None:
    """A26: every default text has a way out for somebody who was refused wrongly."""
    for text in (Text().country, Text().network, Text().send):
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert "contact" in names
        assert names <= PLACEHOLDERS


def test_nobody_is_told_and_no_account_is_needed_until_somebody_says_so() -> None:
    """B4, E17: DB-IP works without a customer's account; an empty address is shown as a problem."""
    assert Notify().address == ""
    assert Data().provider == "dbip"
    assert Keep().event_days < Keep().statistics_days


def test_keys_and_tokens_are_secrets() -> None:
    """They are never shown in full."""
    secrets = {name for name, field in FIELDS.items() if field.secret and field.group == "data"}
    assert secrets == {"data.maxmind_key", "data.ipinfo_token"}


def test_reports_come_weekly_to_whoever_has_an_address() -> None:
    """D10: an address is all that is to be set."""
    assert (Notify().report, Owner().report, Owner().blocked) == ("weekly", "weekly", True)
    assert Owner().address == ""


@pytest.mark.parametrize(
    ("name", "value", "is_good"),
    [
        ("notify.report_hour", 0, True),
        ("notify.report_hour", 23, True),
        ("notify.report_hour", 24, False),
        ("notify.pages", "", True),
        ("notify.pages", "https://mx.example.test:8443/modules/mailward/index.php?route=", True),
        ("notify.pages", "http://[2001:db8::1]/", True),
        ("notify.pages", "javascript:alert(1)", False),
        ("notify.pages", "https://", False),
        ("notify.pages", "https://a.test/ b", False),
        ("owner.pages", "ftp://a.test/", False),
        ("notify.language", "de", True),
        ("notify.language", "tlh", False),
        ("notify.report", "hourly", False),
    ],
)
def test_what_reports_may_be_set_to(name: str, value: object, is_good: bool) -> None:
    """D10: links in mails lead to pages and nowhere else."""
    if is_good:
        assert check(name, value) == value
        return
    with pytest.raises(SettingError, match=name):
        check(name, value)


def test_an_owner_has_one_domain() -> None:
    """A server's owner is its administrator, who has an address already."""
    assert check("owner.address", "o@a.test", "domain") == "o@a.test"
    with pytest.raises(SettingError, match="for the domain only"):
        check("owner.address", "o@a.test", "server")
