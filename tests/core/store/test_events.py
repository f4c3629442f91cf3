"""Events come back as they were written, grow, and can be followed."""

from __future__ import annotations

from contextlib import closing

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent
from core.store.store import Store
from core.store.text import storable
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import DAY, NOON, event, forget, many

anything = st.text(st.characters(exclude_categories=()), max_size=20)
moments = st.floats(0, 4e9)
events = st.builds(
    Event,
    at=moments,
    last=moments,
    count=st.integers(1, 10**12),
    stage=st.sampled_from(Stage),
    service=st.sampled_from(Service),
    verdict=st.sampled_from(Verdict),
    reason=st.sampled_from(Reason),
    check=st.sampled_from(["", "country", "network"]),
    address=st.ip_addresses(v=4).map(str) | st.sampled_from(["", "2001:db8::1", "no address"]),
    country=st.sampled_from(["", "DE"]),
    asn=st.integers(0, 2**32 - 1),
    account=anything,
    domain=anything,
    would=st.sampled_from(["", "country"]),
    queue_id=anything,
    recipients=st.integers(0, 10**6),
    detail=anything,
)


def plain(stored: StoredEvent) -> Event:
    fields = msgspec.structs.asdict(stored)
    del fields["id"]
    return Event(**fields)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(events, max_size=5))
def test_events_come_back(store: Store, written: list[Event]) -> None:
    """D6: reasons are stored by their stable names; what cannot be stored is written out."""
    before = store.events.last_id()
    numbers = store.write(written)
    expected = []
    for one in written:
        texts = {
            name: storable(getattr(one, name))
            for name in ("address", "account", "domain", "queue_id", "detail")
        }
        expected.append(msgspec.structs.replace(one, **texts))
    followed = store.events.follow(before)
    assert [one.id for one in followed] == numbers == sorted(numbers)
    assert [plain(one) for one in followed] == expected


def test_words_come_back_as_words(store: Store) -> None:
    store.write([event()])
    (found,) = store.events.find(EventFilter())
    assert isinstance(found.stage, Stage)
    assert isinstance(found.reason, Reason)


def test_an_event_grows(store: Store) -> None:
    first, second = store.write([event(), event(address="203.0.113.8")])
    store.bump([(first, NOON + 30.0, 14, 3), (10**9, NOON, 5, 5)])
    grown, other = store.events.follow(0)
    assert (grown.id, grown.last, grown.count, grown.recipients) == (first, NOON + 30.0, 14, 3)
    assert plain(other) == event(address="203.0.113.8")
    assert other.id == second


def test_of_two_changes_of_one_event_the_later_counts(store: Store) -> None:
    (number,) = store.write([event()])
    store.bump([(number, NOON + 1.0, 2, 0), (number, NOON + 2.0, 3, 0)])
    (grown,) = store.events.follow(0)
    assert (grown.last, grown.count) == (NOON + 2.0, 3)


def test_many_grow_at_once(store: Store) -> None:
    numbers = store.write(many(1200))
    store.bump([(number, NOON, 100 + number, 7) for number in numbers])
    grown = [(one.count, one.recipients) for one in store.events.follow(0, 2000)]
    assert grown == [(100 + number, 7) for number in numbers]


def test_following_goes_on_where_it_stopped(store: Store) -> None:
    assert store.events.last_id() == 0
    numbers = store.write(many(25))
    assert store.events.last_id() == numbers[-1]
    seen: list[int] = []
    while fresh := store.events.follow(seen[-1] if seen else 0, limit=10):
        seen += [one.id for one in fresh]
    assert seen == numbers


def test_a_number_is_never_given_twice(store_url: str) -> None:
    """Not even after everything was pruned: whoever follows would miss events."""
    with closing(Store.open(store_url)) as store:
        (first,) = store.write([event()])
        forget(store, NOON + DAY, NOON + DAY)
        assert store.events.follow(0) == []
    with closing(Store.open(store_url)) as store:
        (second,) = store.write([event()])
        assert second > first


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_any_number_of_events_is_one_transaction(store: Store, count: int) -> None:
    assert len(store.write(many(count))) == count
    assert len(store.events.follow(0, 5000)) == count
