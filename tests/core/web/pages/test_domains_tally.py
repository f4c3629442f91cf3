"""The few numbers that customers want of the many that are counted."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.event import Event
from core.web.pages.domains_tally import DAY, Tally, by_domain, by_time, together
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

AT = 1_700_000_000.0


def _event(account: str = "bob@alpha.example", at: float = AT, **fields: Any) -> Event:
    usual: dict[str, Any] = {
        "stage": Stage.AUTH,
        "service": Service.SUBMISSION,
        "verdict": Verdict.ALLOW,
        "reason": Reason.NOTHING_AGAINST,
        "domain": account.partition("@")[2],
    }
    return Event(at=at, last=at, account=account, **{**usual, **fields})


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, Tally(logins=1)),
        ({"count": 7}, Tally(logins=7)),
        ({"would": "country"}, Tally(logins=1, watched=1)),
        # At IMAP the question comes before the password: a watched one is no login yet.
        ({"would": "country", "service": Service.IMAPS}, Tally(watched=1)),
        ({"verdict": Verdict.DENY, "reason": Reason.COUNTRY}, Tally(refused=1)),
        ({"reason": Reason.LOGIN_FAILED, "service": Service.IMAPS}, Tally()),
        ({"stage": Stage.SEND}, Tally(mails=1)),
        (
            {"stage": Stage.SEND, "verdict": Verdict.DEFER, "reason": Reason.ACCOUNT_BLOCKED},
            Tally(held=1),
        ),
    ],
)
def test_what_an_event_counts_for(pages: Pages, fields: dict[str, Any], wanted: Tally) -> None:
    pages.parts.store.write([_event(**fields)])
    assert by_domain(pages.parts.store, AT - 1, AT + 1, None) == (
        {"alpha.example": wanted} if wanted != Tally() else {"alpha.example": Tally()}
    )


def test_only_the_domains_that_are_asked_for(pages: Pages) -> None:
    pages.parts.store.write([_event(), _event("dora@delta.example")])
    found = by_domain(pages.parts.store, AT - 1, AT + 1, frozenset({"alpha.example"}))
    assert set(found) == {"alpha.example"}


def test_hours_and_days_begin_where_they_begin(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_event(), _event(at=AT + 3600), _event(at=AT + DAY)])
    hours = by_time(store, AT - DAY, AT + 2 * DAY, frozenset({"alpha.example"}))
    assert {begin: each.logins for begin, each in hours.items()} == {
        int(at // 3600 * 3600): 1 for at in (AT, AT + 3600, AT + DAY)
    }
    days = by_time(store, AT - DAY, AT + 2 * DAY, None, "day")
    assert [begin % DAY for begin in days] == [0, 0]
    assert together(days).logins == 3


def test_sum_of_nothing_is_nothing() -> None:
    assert together({}) == Tally()
    assert Tally(logins=3, watched=5).plain == 0
