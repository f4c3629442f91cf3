"""Searches find exactly what the filter wants, newest first, and never scan."""

from __future__ import annotations

import fnmatch
import ipaddress
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy import event as hooks

from core.store import search
from core.store.database import Database
from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent
from core.store.kinds import kind_of
from core.store.preparation import Preparation
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import (
    ACCOUNTS,
    ADDRESSES,
    COUNTRIES,
    DAY,
    HOUR,
    NOON,
    QUEUE_IDS,
    many,
)

DOMAINS = ["example.test", "mail.example.test", "other.test", "absent.test"]
EVERYTHING = ["0.0.0.0/0", "::/0", "10.0.0.0/8", "nonsense"]
EVENTS = many(600)
END = EVENTS[-1].at


def some(values: Any) -> st.SearchStrategy[frozenset[Any]]:
    return st.just(frozenset()) | st.frozensets(st.sampled_from(list(values)), max_size=2)


filters = st.builds(
    EventFilter,
    account=st.sampled_from(
        ["", "*", *ACCOUNTS, "*@example.test", "b*", "*_b@*", "*%*", "BOB@example.test", "z*"]
    ),
    domains=st.none() | st.frozensets(st.sampled_from(DOMAINS), max_size=3),
    address=st.sampled_from(
        ["", "", *ADDRESSES, "203.0.113.0/24", "203.0.112.0/23", *EVERYTHING, "2001:db8::/48"]
    ),
    countries=some(COUNTRIES),
    asn=st.sampled_from([0, 0, 64500, 4_294_967_294, 1]),
    stages=some(Stage),
    services=some(Service),
    verdicts=some(Verdict),
    reasons=some(Reason),
    would=st.booleans(),
    queue_id=st.sampled_from(["", "", *QUEUE_IDS, "absent"]),
    since=st.none() | st.floats(NOON - HOUR, END + HOUR),
    until=st.none() | st.floats(NOON - HOUR, END + HOUR),
)


def fits(event: Event, wanted: EventFilter) -> bool:
    """What the filter says, in the plainest form."""
    if wanted.account and not fnmatch.fnmatchcase(event.account, wanted.account.lower()):
        return False
    if wanted.address:
        try:
            network = ipaddress.ip_network(wanted.address, strict=False)
        except ValueError:
            return False
        if not event.address or ipaddress.ip_address(event.address) not in network:
            return False
    return (
        (wanted.domains is None or event.domain in wanted.domains)
        and (not wanted.countries or event.country in wanted.countries)
        and (not wanted.asn or event.asn == wanted.asn)
        and wanted.takes(kind_of(event))
        and (not wanted.queue_id or event.queue_id == wanted.queue_id)
        and (wanted.since is None or event.at >= wanted.since)
        and (wanted.until is None or event.at < wanted.until)
    )


@pytest.fixture
def full(store: Store) -> Store:
    """A store with many events, written out of order."""
    half = len(EVENTS) // 2
    store.record(EVENTS[half:])
    store.record(EVENTS[:half])
    return store


def numbers(found: list[StoredEvent]) -> list[tuple[float, int]]:
    return [(event.at, event.id) for event in found]


# The store is only read, so examples cannot disturb each other.
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, limit=st.integers(1, 60))
def test_it_finds_what_fits_newest_first_page_by_page(
    full: Store, wanted: EventFilter, limit: int
) -> None:
    """D4, A15: every field, wildcards, networks of both versions, pages that join."""
    everything = full.events.find(EventFilter(), 1000)
    assert len(everything) == len(EVENTS)
    expected = numbers([event for event in everything if fits(event, wanted)])
    found: list[tuple[float, int]] = []
    before = None
    for _ in range(3):
        page = full.events.find(wanted, limit, before)
        found += numbers(page)
        if not page:
            break
        before = page[-1].id
    assert found == expected[: 3 * limit]


# The store is only read, so examples cannot disturb each other.
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, limit=st.integers(1, 60), start=st.integers(0, len(EVENTS) - 1))
def test_pages_lead_back_to_what_is_newer(
    full: Store, wanted: EventFilter, limit: int, start: int
) -> None:
    everything = full.events.find(EventFilter(), 1000)
    newer = numbers([event for event in everything[:start] if fits(event, wanted)])
    found: list[tuple[float, int]] = []
    after = everything[start].id
    for _ in range(3):
        page = full.events.find(wanted, limit, after_id=after)
        found = numbers(page) + found
        if not page:
            break
        after = page[0].id
    assert found == newer[-3 * limit :]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, most=st.integers(1, 100))
def test_counting_stops_at_the_limit(full: Store, wanted: EventFilter, most: int) -> None:
    everything = full.events.find(EventFilter(), 1000)
    fitting = sum(fits(event, wanted) for event in everything)
    assert full.events.count(wanted, most) == min(fitting, most)


@pytest.mark.parametrize("cheap", ["kind", "country", "address", "domain", "account", "asn"])
def test_any_index_finds_the_same(full: Store, cheap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is thought to be the cheapest."""
    wanted = EventFilter(
        address="203.0.113.7",
        countries=frozenset({"DE", "KP"}),
        domains=frozenset({"example.test"}),
        account="bob@example.test",
        verdicts=frozenset({Verdict.DENY, Verdict.DEFER}),
        asn=64500,
    )

    def cost(self: search.Search, part: search.Part, *rest: Any) -> int:
        return 0 if part.index_name == f"events_{cheap}" else 10**9

    expected = sorted(event.at for event in EVENTS if fits(event, wanted))
    assert expected
    monkeypatch.setattr(search.Search, "_cost", cost)
    for seeks in (0, 1000):
        monkeypatch.setattr(search, "SEEKS", seeks)
        found = full.events.find(wanted, 1000)
        assert [event.at for event in reversed(found)] == expected


def test_the_index_that_a_caller_knows_is_taken(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record(EVENTS)
    wanted = EventFilter(account="bob@example.test", countries=frozenset({"DE"}))
    expected = sorted(event.at for event in EVENTS if fits(event, wanted))
    with closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as database:
        database.make_ready()
        for name in ("events_account", "events_country"):
            with plans(sqlite_path) as steps, database.reading() as connection:
                rows = search.Search(connection, wanted, None, name).rows(1000)
            assert sorted(row.at for row in rows) == expected
            assert any(f"INDEX {name} (" in step for step in steps)


def test_what_is_newer_than_a_pruned_event_is_everything(full: Store) -> None:
    found = full.events.find(EventFilter(), 10, after_id=10**9)
    assert numbers(found) == numbers(full.events.find(EventFilter(), 1000))[-10:]


def test_order_is_by_time_and_then_by_number(full: Store) -> None:
    found = numbers(full.events.find(EventFilter(), 1000))
    assert found == sorted(found, reverse=True)
    assert len({at for at, _ in found}) < len(found)


def test_after_a_page_whose_last_event_is_gone_comes_nothing(full: Store) -> None:
    assert full.events.find(EventFilter(), 10, before_id=10**9) == []


def test_an_empty_store_has_no_events(store: Store) -> None:
    assert store.events.find(EventFilter(account="*")) == []
    assert store.events.find(EventFilter()) == []


def test_a_visitor_without_domains_sees_nothing(full: Store) -> None:
    """E22: no domains is not all domains."""
    assert full.events.find(EventFilter(domains=frozenset())) == []


def test_many_names_are_matched_event_by_event(
    full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NAMES", 1)
    wanted = EventFilter(account="*b*@*")
    expected = [event for event in EVENTS if fits(event, wanted)]
    assert len(full.events.find(wanted, 1000)) == len(expected)


def test_short_stretches_join(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PROBES", 1)
    monkeypatch.setattr(search, "FIRST_STRETCH", 1)
    wanted = EventFilter(countries=frozenset({"DE", "AT"}))
    expected = sorted(event.at for event in EVENTS if fits(event, wanted))
    found = full.events.find(wanted, 1000)
    assert [event.at for event in reversed(found)] == expected


@contextmanager
def plans(path: Path) -> Iterator[list[str]]:
    """SQLite's own account of how it answered the queries about events."""
    noted: list[str] = []
    queries: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT") and "events" in statement:
            queries.append((statement, parameters))

    hooks.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        hooks.remove(Engine, "before_cursor_execute", note)
    with closing(sqlite3.connect(path)) as connection:
        for statement, parameters in queries:
            rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            noted += [str(row[3]) for row in rows]


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(EventFilter(account="bob@example.test"), id="account"),
        pytest.param(EventFilter(account="bob*"), id="prefix"),
        pytest.param(EventFilter(account="*@example.test"), id="domain by wildcard"),
        pytest.param(EventFilter(domains=frozenset(DOMAINS)), id="domains"),
        pytest.param(EventFilter(address="203.0.113.7"), id="address"),
        pytest.param(EventFilter(address="203.0.113.0/24"), id="network"),
        pytest.param(EventFilter(countries=frozenset({"KP"})), id="country"),
        pytest.param(EventFilter(asn=64500), id="asn"),
        pytest.param(EventFilter(verdicts=frozenset({Verdict.DENY})), id="verdict"),
        pytest.param(EventFilter(queue_id="4XqZ1k0Yz"), id="queue id"),
        pytest.param(
            EventFilter(countries=frozenset({"KP"}), domains=frozenset({"absent.test"})),
            id="country and domain",
        ),
        pytest.param(EventFilter(until=NOON + DAY), id="time"),
    ],
)
def test_no_search_reads_all_events(sqlite_path: Path, wanted: EventFilter) -> None:
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record(EVENTS)
        with plans(sqlite_path) as steps:
            store.events.find(wanted, 1)
    assert steps
    assert [step for step in steps if step.startswith("SCAN events")] == []
    assert any(step.startswith("SEARCH events") for step in steps)
