"""Mailboxes are what has logged in or sent; guesses are shown only when asked for."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.account_list import AccountFilter, KnownAccount
from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON, event, forget

MIDNIGHT = NOON - 12 * HOUR


def of(account: str, **fields: Any) -> Event:
    known = {"stage": Stage.AUTH, "verdict": Verdict.ALLOW, "reason": Reason.LOGIN_OK}
    return event(account=account, domain=account.rpartition("@")[2], **(known | fields))


@pytest.fixture
def seen(store: Store) -> Store:
    """Three mailboxes of two domains, and what somebody made up."""
    store.record(
        [
            of("bob@a.test"),
            of("ann@a.test", stage=Stage.SEND, reason=Reason.NOTHING_AGAINST),
            of("a_b@b.test", service=Service.SMTPS, reason=Reason.NOTHING_AGAINST),
            of("admin@a.test", verdict=Verdict.DENY, reason=Reason.COUNTRY),
            of("ann@b.test", reason=Reason.LOGIN_FAILED),
        ]
    )
    return store


def names(found: list[KnownAccount]) -> list[str]:
    return [account.name for account in found]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AccountFilter(), ["ann@a.test", "bob@a.test", "a_b@b.test"]),
        (AccountFilter(domains=frozenset({"a.test"})), ["ann@a.test", "bob@a.test"]),
        (AccountFilter(domains=frozenset()), []),
        (AccountFilter(prefix="A"), ["ann@a.test", "a_b@b.test"]),
        (AccountFilter(prefix="a_"), ["a_b@b.test"]),
        (AccountFilter(prefix="*"), []),
        (
            AccountFilter(guessed=True),
            ["admin@a.test", "ann@a.test", "bob@a.test", "a_b@b.test", "ann@b.test"],
        ),
    ],
)
def test_what_is_found(seen: Store, wanted: AccountFilter, found: list[str]) -> None:
    assert names(seen.accounts.find(wanted)) == found
    assert seen.accounts.count(wanted) == len(found)


def test_pages_join(store: Store) -> None:
    store.record([of(f"{n}@{domain}.test") for domain in "abc" for n in range(10, 15)])
    found: list[str] = []
    while page := names(store.accounts.find(limit=4, after=found[-1] if found else "")):
        found += page
    assert found == [f"{n}@{domain}.test" for domain in "abc" for n in range(10, 15)]


def test_days(seen: Store) -> None:
    seen.record([of("bob@a.test", at=NOON + 2 * DAY, reason=Reason.LOGIN_FAILED)])
    seen.record([of("ann@a.test", at=NOON + DAY)])
    seen.record([of("ann@a.test", at=NOON)])
    assert seen.accounts.find(AccountFilter(domains=frozenset({"a.test"}), guessed=True)) == [
        KnownAccount("admin@a.test", "a.test", MIDNIGHT, None),
        KnownAccount("ann@a.test", "a.test", MIDNIGHT + DAY, MIDNIGHT + DAY),
        KnownAccount("bob@a.test", "a.test", MIDNIGHT + 2 * DAY, MIDNIGHT),
    ]


def test_a_guess_that_turns_out_right_is_a_mailbox_the_same_day(store: Store) -> None:
    store.record([of("ann@a.test", reason=Reason.LOGIN_FAILED)])
    assert names(store.accounts.find()) == []
    store.record([of("ann@a.test")])
    assert names(store.accounts.find()) == ["ann@a.test"]


def test_names_are_forgotten_with_their_events(seen: Store) -> None:
    seen.record([of("bob@a.test", at=NOON + 5 * DAY)])
    forget(seen, NOON + 3 * DAY)
    assert names(seen.accounts.find()) == ["bob@a.test"]
