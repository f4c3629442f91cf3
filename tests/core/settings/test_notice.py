"""Who is told of what, before anybody has set anything and after."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.fields import check
from core.settings.notice import Notify, Owner


def test_nobody_is_told_until_somebody_says_so() -> None:
    """B4: an empty address is shown as a problem."""
    assert Notify().address == ""


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
