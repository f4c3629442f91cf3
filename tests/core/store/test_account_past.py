"""From where an account is known, and what it has sent."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.account_past import SentBefore
from core.store.event import Event
from core.store.signal import NotedSignal
from core.store.store import Store
from core.words import Reason, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON, event

ANN, BOB = "ann@example.test", "bob@example.test"


def login(country: str, days_ago: float, account: str = ANN, **more: Any) -> Event:
    known = {
        "stage": Stage.AUTH,
        "verdict": Verdict.ALLOW,
        "reason": Reason.LOGIN_OK,
        "account": account,
        "domain": "example.test",
        "country": country,
        "at": NOON - days_ago * DAY,
    }
    return event(**(known | more))


def mails(count: int, hours_ago: float, recipients: int = 0, **more: Any) -> Event:
    return login(
        "DE",
        hours_ago / 24,
        stage=Stage.SEND,
        reason=Reason.NOTHING_AGAINST,
        count=count,
        recipients=recipients,
        **more,
    )


def test_two_days_make_a_home(store: Store) -> None:
    """A23: one login somewhere is a journey; today's logins prove nothing."""
    store.write(
        [
            *(login("DE", days) for days in (1, 2, 9)),
            *(login("AT", 3) for _ in range(5)),
            *(login("FR", days) for days in (3, 12)),
            *(login("VN", days) for days in (0, 0.1, 1)),
            *(login("US", days, reason=Reason.LOGIN_FAILED) for days in (1, 2)),
            *(login("", days) for days in (1, 2)),
            *(login("KP", days) for days in (40, 41)),
            *(login("BR", days, BOB) for days in (1, 2)),
        ]
    )
    assert store.past.homes([ANN, BOB, "new@example.test"], NOON) == {
        ANN: ("DE", "FR"),
        BOB: ("BR",),
        "new@example.test": (),
    }
    assert store.past.homes([], NOON) == {}


@pytest.mark.parametrize(
    ("closed", "homes"),
    [(None, ("DE",)), ("handled", ("DE",)), ("password", ("DE",)), ("owner", ("BR", "DE", "VN"))],
)
def test_a_thief_s_country_is_no_home_until_somebody_says_so(
    store: Store, closed: Any, homes: tuple[str, ...]
) -> None:
    """A23: "it was me" teaches the country."""
    store.write([login(country, days) for country in ("DE", "VN") for days in (1, 2, 3)])
    store.signals.note(
        NotedSignal(
            account=ANN,
            kind="travel",
            at=NOON - 3 * DAY,
            last=NOON - 3 * DAY,
            evidence="",
            countries=("VN", "BR"),
        )
    )
    if closed is not None:
        store.signals.close(ANN, NOON, "ann", closed)
    assert store.past.homes([ANN], NOON) == {ANN: homes}


def test_a_first_login_abroad_is_no_doubt(store: Store) -> None:
    """The weak signal that each traveller gives must not keep a country from being learnt."""
    store.write([login("VN", days) for days in (1, 2)])
    store.signals.note(
        NotedSignal(
            account=ANN, kind="new_country", at=NOON, last=NOON, evidence="", countries=("VN",)
        )
    )
    assert store.past.homes([ANN], NOON) == {ANN: ("VN",)}


def test_what_an_account_has_sent(store: Store) -> None:
    """Its busiest hour, until a day ago."""
    store.write(
        [
            mails(3, 25.9),
            mails(4, 25.5, recipients=40),
            mails(5, 50.0),
            mails(100, 2.0),
            mails(50, 50.0, verdict=Verdict.DENY),
            mails(60, 50.0, account=BOB),
            mails(70, 24.0 * 40),
        ]
    )
    assert store.past.sent(ANN, NOON) == SentBefore(7, 43, 2)
    assert store.past.sent("new@example.test", NOON) is None


def test_who_only_reads_has_a_past_too(store: Store) -> None:
    """A mailbox that never sent is known since its first login."""
    store.write([login("DE", 20)])
    found = store.past.sent(ANN, NOON)
    assert found is not None
    assert (found.mails, found.recipients) == (0, 0)
    assert 13 <= found.days <= 20


def test_the_hour_is_the_clock_s(store: Store) -> None:
    """Sums of hours, however the events of a minute were written."""
    store.write([mails(1, 30 + minute / 60) for minute in range(60)])
    found = store.past.sent(ANN, NOON)
    assert found is not None
    assert found.mails <= 60
    assert NOON % HOUR == 0
