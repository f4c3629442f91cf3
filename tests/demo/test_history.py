"""The month before: consistent, alive, and the same for the same seed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.settings.scope import typed
from core.sources.sources import Sources
from core.store.audit import AuditFilter
from core.store.event import Event
from core.store.event_filter import EventFilter
from core.store.ledger import Ledger
from core.store.statistics import Group, StatisticsFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict
from demo import cast, rules
from demo.history import BURSTS, DAYS, Past, keep_standing

NOW = time.mktime((2026, 3, 18, 15, 0, 0, 0, 0, -1))
"""A Wednesday afternoon."""

EVERYTHING = StatisticsFilter(since=0, until=NOW + 1)


def written(path: Path, sources: Sources, seed: int = 1) -> Store:
    """A store with a month in it."""
    store = Store.open(f"sqlite:///{path}")
    Past(store, sources, NOW, seed).write(lambda part: None)
    return store


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[Store]:
    """One for all tests."""
    store = written(tmp_path_factory.mktemp("month") / "store.sqlite", sources)
    yield store
    store.close()


@pytest.fixture(scope="module")
def events(month: Store) -> list[Event]:
    """All its events."""
    return list(month.events.find(EventFilter(), limit=1_000_000))


def counted(store: Store, *group: Group) -> Counter[tuple[str | int, ...]]:
    """The statistics, broken down."""
    totals = store.statistics.totals(EVERYTHING, group)
    return Counter({total.key: total.count for total in totals})


def test_events_and_statistics_agree(month: Store, events: list[Event]) -> None:
    by_kind: Counter[tuple[str | int, ...]] = Counter()
    by_country: Counter[tuple[str | int, ...]] = Counter()
    for event in events:
        by_kind[event.stage, event.service, event.verdict, event.reason] += event.count
        by_country[(event.country,)] += event.count
    assert counted(month, "stage", "service", "verdict", "reason") == by_kind
    assert counted(month, "country") == by_country


def test_it_lasts_a_month_and_ends_now(events: list[Event]) -> None:
    first, last = min(event.at for event in events), max(event.last for event in events)
    assert NOW - DAYS * rules.DAY <= first < NOW - (DAYS - 1) * rules.DAY
    assert NOW - 3600 < last <= NOW + 600


def test_people_sleep_and_have_weekends(events: list[Event]) -> None:
    logins = [datetime.fromtimestamp(e.at) for e in events if e.reason is Reason.LOGIN_OK]  # noqa: DTZ006  people's time
    hours = Counter(moment.hour for moment in logins)
    assert sum(hours[hour] for hour in range(5)) * 10 < sum(hours[hour] for hour in range(9, 14))
    days = Counter(moment.weekday() for moment in logins)
    assert max(days[5], days[6]) * 2 < min(days[day] for day in range(5))


def test_attacks_grow(events: list[Event]) -> None:
    refused = Counter(
        int((NOW - event.at) // (10 * rules.DAY))
        for event in events
        if event.reason is Reason.NETWORK_ATTACKER
        for _ in range(event.count)
    )
    assert refused[0] > 2 * refused[2]


def test_every_kind_of_decision_happened(events: list[Event]) -> None:
    assert {event.reason for event in events} >= {
        Reason.NOTHING_AGAINST,
        Reason.LOGIN_OK,
        Reason.LOGIN_FAILED,
        Reason.LOCAL,
        Reason.COUNTRY,
        Reason.NETWORK_ATTACKER,
        Reason.EXEMPT_ADDRESS,
        Reason.SEND_LIMIT,
        Reason.ACCOUNT_BLOCKED,
    }
    assert any(event.count > 1 for event in events), "storms are one line with a count"
    assert any(event.would == Reason.NETWORK_CLOUD for event in events)


def test_decisions_follow_the_settings_of_their_time(events: list[Event]) -> None:
    """A12: nobody was refused for a country before that was set."""
    began = NOW - rules.MONTH[1].age * rules.DAY
    refused = [event for event in events if event.reason is Reason.COUNTRY]
    assert min(event.at for event in refused) >= began - 3600
    own = [event for event in refused if event.stage is Stage.AUTH]
    assert {event.domain for event in own} == {"lindlaw.example", "lindtax.example"}
    rule = next(change for change in rules.MONTH if "CN" in change.values.get("country.list", ()))
    before = [event for event in refused if event.stage is Stage.CONNECT]
    assert {event.country for event in before} == {"CN", "IR"}
    assert min(event.at for event in before) >= NOW - rule.age * rules.DAY - 3600


def test_accounts_were_blocked_and_released(month: Store, events: list[Event]) -> None:
    """B1: so many mails passed as the account may send, and the next one blocked."""
    blocks = month.blocks.history()
    assert [block.account for block in reversed(blocks)] == [burst.account for burst in BURSTS]
    ended = [burst.released_after is not None for burst in BURSTS]
    assert [block.released_by == rules.ADMIN for block in reversed(blocks)] == ended
    (standing,) = month.blocks.standing(NOW)
    assert standing.account == BURSTS[-1].account
    settings = typed(month.settings.all())[0]
    for block in blocks:
        sent = [
            event
            for event in events
            if event.stage is Stage.SEND
            and event.account == block.account
            and block.started - 300 < event.at < block.started
        ]
        assert sum(event.count for event in sent) == settings.of_account(block.account).send.limit
        assert {event.verdict for event in sent} == {Verdict.ALLOW}


def test_what_stands_is_the_daemons_business(month: Store, tmp_path: Path) -> None:
    """B3: it is in the ledger, where the daemon looks."""
    keep_standing(tmp_path, month, NOW)
    ledger = Ledger.open(tmp_path / "ledger", now=NOW)
    found = [block.account for block in ledger.standing(NOW)]
    ledger.close()
    assert found == [BURSTS[-1].account]


def test_who_set_what_is_in_the_audit_trail(month: Store) -> None:
    entries = month.audit.find(AuditFilter())
    assert len(entries) == sum(len(change.values) for change in rules.MONTH)
    assert all(entry.at < NOW for entry in entries)
    assert all(entry.why for entry in entries if entry.who == rules.ADMIN)
    exempt = month.settings.all()["server", ""]["exempt.send"]
    assert [entry["entry"] for entry in exempt] == [cast.NEWSLETTER]


def test_the_same_seed_gives_the_same_month(month: Store, tmp_path: Path, sources: Sources) -> None:
    again, other = (written(tmp_path / f"{seed}.sqlite", sources, seed=seed) for seed in (1, 2))
    try:
        wanted = counted(month, "hour", "country", "reason")
        assert counted(again, "hour", "country", "reason") == wanted
        assert counted(other, "hour", "country", "reason") != wanted
    finally:
        again.close()
        other.close()
