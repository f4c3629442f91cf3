"""Counts say what the events say, however they are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.store.event import Event
from core.store.kinds import kind_of
from core.store.statistics import Group, StatisticsFilter, Total
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import COUNTRIES, DAY, HOUR, NOON, event, forget, many

EVENTS = many(400, days=4.0)
END = EVENTS[-1].at
GROUPS: list[Group] = ["hour", "day", "domain", "country", "stage", "service", "verdict"]
GROUPS += ["reason", "check", "would"]


def some(values: Any) -> st.SearchStrategy[frozenset[Any]]:
    return st.just(frozenset()) | st.frozensets(st.sampled_from(list(values)), max_size=2)


filters = st.builds(
    StatisticsFilter,
    since=st.floats(NOON - DAY, END + DAY),
    until=st.floats(NOON - DAY, END + DAY),
    stages=some(Stage),
    services=some(Service),
    verdicts=some(Verdict),
    reasons=some(Reason),
    countries=some(COUNTRIES),
    domains=st.none()
    | st.frozensets(st.sampled_from(["example.test", "other.test", "absent.test"])),
    would=st.booleans(),
)


def expected(
    counted: Sequence[Event], wanted: StatisticsFilter, groups: Sequence[Group]
) -> list[Total]:
    """The same in the plainest form."""
    of_domains = wanted.domains is not None or "domain" in groups
    by_day = of_domains and (bool(wanted.countries) or "country" in groups)
    unit = DAY if by_day else HOUR
    # The hours that the period touches, and for days, the days that those hours touch.
    first = wanted.since // HOUR * HOUR // unit * unit
    end = -(-(-(-wanted.until // HOUR) * HOUR) // unit) * unit
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for one in counted:
        if (
            not first <= one.at < end
            or not wanted.takes(kind_of(one))
            or (wanted.countries and one.country not in wanted.countries)
            or (wanted.domains is not None and one.domain not in wanted.domains)
            or (of_domains and not one.domain)
        ):
            continue
        parts = {
            "hour": int(one.at // HOUR * HOUR),
            "day": int(one.at // DAY * DAY),
        }
        key = tuple(parts.get(group, getattr(one, group, None)) for group in groups)
        sums[key][0] += one.count
        sums[key][1] += one.recipients
    return [Total(key, *sums[key]) for key in sorted(sums)]


@pytest.fixture
def full(store: Store) -> Store:
    """A store with many events, of which some have grown since."""
    numbers = store.record(EVENTS)
    changes = [
        (number, one.last, one.count + 3, one.recipients + 1)
        for number, one in zip(numbers, EVENTS, strict=True)
    ]
    store.bump(changes[::7])
    return store


def grown() -> list[Event]:
    return [
        one if n % 7 else replace(one, count=one.count + 3, recipients=one.recipients + 1)
        for n, one in enumerate(EVENTS)
    ]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, groups=st.lists(st.sampled_from(GROUPS), unique=True, max_size=3))
def test_totals_are_the_sums_of_the_events(
    full: Store, wanted: StatisticsFilter, groups: list[Group]
) -> None:
    """D1, D3: by country and direction, by day, by domain; also after events have grown."""
    with_domain = wanted.domains is not None or "domain" in groups
    if with_domain and (wanted.countries or "country" in groups) and "hour" in groups:
        with pytest.raises(ValueError, match="by day"):
            full.statistics.totals(wanted, groups)
        return
    assert full.statistics.totals(wanted, groups) == expected(grown(), wanted, groups)


def test_countries_by_direction(store: Store) -> None:
    """D1: where logins come from and where mail is sent from."""
    store.record(
        [
            event(stage=Stage.AUTH, country="AT", count=3),
            event(stage=Stage.SEND, country="AT", recipients=5),
            event(stage=Stage.SEND, country="DE", recipients=1),
        ]
    )
    day = StatisticsFilter(since=NOON - DAY, until=NOON + DAY)
    assert store.statistics.totals(day, ["stage", "country"]) == [
        Total(("auth", "AT"), 3, 0),
        Total(("send", "AT"), 1, 5),
        Total(("send", "DE"), 1, 1),
    ]


def test_verdicts_without_an_event_count(store: Store) -> None:
    kind = (Stage.CONNECT, Service.IMAP, Verdict.DENY, Reason.COUNTRY)
    store.record([], [], {(int(NOON // HOUR), *kind, "KP"): 12})
    store.record([event(service=Service.IMAP, check="")], [], {(int(NOON // HOUR), *kind, "KP"): 1})
    hour = StatisticsFilter(since=NOON, until=NOON + 1)
    assert store.statistics.totals(hour, ["hour", "country"]) == [Total((int(NOON), "KP"), 14, 0)]


def test_an_event_counts_in_the_hour_in_which_it_began(store: Store) -> None:
    at = NOON + HOUR - 1
    (number,) = store.record([event(at=at)])
    store.bump([(number, at + 30, 9, 0)])
    wanted = StatisticsFilter(since=NOON, until=NOON + 2 * HOUR)
    assert store.statistics.totals(wanted, ["hour"]) == [Total((int(NOON),), 9, 0)]


def test_counts_stay_when_events_go(store: Store) -> None:
    store.record(EVENTS)
    week = StatisticsFilter(since=NOON - DAY, until=END + DAY)
    before = store.statistics.totals(week, ["stage", "country"])
    forget(store, END + DAY, END - 30 * DAY)
    assert store.events.last_id() == 0
    assert store.statistics.totals(week, ["stage", "country"]) == before


@pytest.mark.parametrize(
    ("since", "until"), [(NOON, NOON), (NOON + HOUR, NOON), (NOON - 9 * DAY, NOON - 8 * DAY)]
)
def test_nothing_is_counted_where_nothing_was(store: Store, since: float, until: float) -> None:
    store.record([event()])
    assert store.statistics.totals(StatisticsFilter(since=since, until=until), ["hour"]) == []


def test_groups_are_named_as_the_reader_may_ask() -> None:
    assert set(cast("list[str]", GROUPS)) == set(get_args(Group))
