"""Habits are the sums of the logins that came through, by account and country."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.store.event import Event
from core.store.habits import Habit, HabitCount, HabitFilter
from core.store.kinds import is_login, is_refused_login
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import ACCOUNTS, COUNTRIES, DAY, NOON, event, many

EVENTS = many(500, days=20.0)
END = EVENTS[-1].at
DOMAINS = ["example.test", "mail.example.test", "other.test", "absent.test"]
WEEK = 7 * DAY
EVER = HabitFilter(since=NOON - 500 * DAY, until=NOON + 500 * DAY)

filters = st.builds(
    HabitFilter,
    since=st.floats(NOON - DAY, END + DAY),
    until=st.floats(NOON - DAY, END + DAY),
    countries=st.none() | st.frozensets(st.sampled_from(COUNTRIES)),
    domains=st.none() | st.frozensets(st.sampled_from(DOMAINS), max_size=3),
    account=st.sampled_from(["", "", *ACCOUNTS, "b*", "*@OTHER.test", "nobody*"]),
    with_refused=st.booleans(),
)


def expected(counted: list[Event], wanted: HabitFilter) -> tuple[list[Habit], int]:
    """The same in the plainest form: habits, and how many refusals fit."""
    first, end = wanted.since // DAY * DAY, -(-wanted.until // DAY) * DAY
    first_week, end_week = first // WEEK * WEEK, -(-end // WEEK) * WEEK
    sums: dict[tuple[str, str, str], list[Any]] = defaultdict(lambda: [0, 0, 0.0])
    refused = 0
    for one in counted:
        if (
            not one.account
            or not (is_login(one) or is_refused_login(one))
            or not first_week <= one.at < end_week
            or (wanted.countries is not None and one.country not in wanted.countries)
            or (wanted.domains is not None and one.domain not in wanted.domains)
            or (wanted.account and not fnmatch.fnmatchcase(one.account, wanted.account.lower()))
        ):
            continue
        line = sums[one.account, one.domain, one.country]
        if first <= one.at < end:
            line[0 if is_login(one) else 1] += one.count
            refused += one.count * is_refused_login(one)
        if is_login(one) or wanted.with_refused:
            line[2] = max(line[2], one.last)
    lines = [
        Habit(*key, *line)
        for key, line in sums.items()
        if line[0] or (wanted.with_refused and line[1])
    ]
    second = (lambda h: -h.refused) if wanted.with_refused else (lambda _: 0)
    return sorted(lines, key=lambda h: (-h.logins, second(h), h.account, h.country)), refused


@pytest.fixture
def full(store: Store) -> Store:
    """A store with many events, of which some have grown since."""
    numbers = store.record(EVENTS[:300])
    numbers += store.record(EVENTS[300:])
    store.bump(
        [
            (number, one.last, one.count + 3, one.recipients)
            for number, one in zip(numbers, EVENTS, strict=True)
        ][::7]
    )
    return store


def grown() -> list[Event]:
    return [one if n % 7 else replace(one, count=one.count + 3) for n, one in enumerate(EVENTS)]


# The store is only read, so examples cannot disturb each other.
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, offset=st.integers(0, 5))
def test_habits_are_the_sums_of_the_events(full: Store, wanted: HabitFilter, offset: int) -> None:
    """E24, A20: who would have been refused, and how many times."""
    lines, refused = expected(grown(), wanted)
    assert by_name(full.habits.find(wanted, 1000)) == by_name(lines)
    found = full.habits.find(wanted, 4, offset)
    order = [(h.logins, h.refused * wanted.with_refused) for h in lines[offset : offset + 4]]
    assert [(h.logins, h.refused * wanted.with_refused) for h in found] == order
    assert full.habits.count(wanted) == HabitCount(
        accounts=len({line.account for line in lines}),
        logins=sum(line.logins for line in lines),
        refused=refused,
        lines=len(lines),
    )


def by_name(habits: list[Habit]) -> list[Habit]:
    """In an order that does not depend on how a database compares texts."""
    return sorted(habits, key=lambda h: (h.account, h.country))


def login(**fields: Any) -> Event:
    known = {
        "stage": Stage.AUTH,
        "service": Service.IMAPS,
        "verdict": Verdict.ALLOW,
        "reason": Reason.LOGIN_OK,
        "check": "",
        "account": "ann@x.test",
        "domain": "x.test",
        "country": "DE",
    }
    return event(**(known | fields))


@pytest.mark.parametrize(
    ("fields", "logins", "refused"),
    [
        pytest.param({}, 1, 0, id="reported as right"),
        pytest.param({"reason": Reason.LOGIN_FAILED}, 0, 0, id="reported as wrong"),
        pytest.param(
            {"reason": Reason.NOTHING_AGAINST, "service": Service.SUBMISSION},
            1,
            0,
            id="asked after the password",
        ),
        pytest.param(
            {"reason": Reason.NOTHING_AGAINST, "service": Service.SMTPS, "would": "country"},
            1,
            0,
            id="watched after the password",
        ),
        pytest.param(
            {"reason": Reason.NOTHING_AGAINST, "would": "country"},
            0,
            0,
            id="watched before the password, a report follows",
        ),
        pytest.param(
            {"reason": Reason.COUNTRY, "verdict": Verdict.DENY}, 0, 1, id="refused before it"
        ),
        pytest.param({"reason": Reason.FAULT, "verdict": Verdict.DEFER}, 0, 1, id="put off"),
        pytest.param({"stage": Stage.CONNECT, "verdict": Verdict.DENY}, 0, 0, id="a connection"),
        pytest.param({"stage": Stage.SEND}, 0, 0, id="a mail"),
    ],
)
def test_what_counts(store: Store, fields: dict[str, Any], logins: int, refused: int) -> None:
    store.record([login(**fields)])
    found = store.habits.find(replace(EVER, with_refused=True))
    assert sum(one.logins for one in found) == logins
    assert sum(one.refused for one in found) == refused
    assert len(found) == (1 if logins or refused else 0)


def test_events_without_an_account_are_nobodys_habit(store: Store) -> None:
    store.record([login(account="", domain="")])
    assert store.habits.find(EVER) == []
    assert store.habits.count(EVER) == HabitCount(0, 0, 0, 0)


def test_pages_join(store: Store) -> None:
    store.record([login(account=f"{n:02}@x.test", count=n % 3 + 1) for n in range(20)])
    pages = [store.habits.find(EVER, 7, offset) for offset in (0, 7, 14)]
    assert [len(page) for page in pages] == [7, 7, 6]
    assert [one for page in pages for one in page] == store.habits.find(EVER)
