"""What lists would have refused is added up by day and list."""

from __future__ import annotations

from core.store.list_hits import DAY, ListHits
from core.store.store import Store


def test_hits_add_up(store: Store) -> None:
    """C1: the preview before a list is armed."""
    store.list_hits.add({(20_000, "cins"): (1, 5), (20_000, "abusix"): (0, 2)})
    store.list_hits.add({(20_000, "cins"): (0, 3), (20_001, "cins"): (2, 0)})
    store.list_hits.add({})
    assert store.list_hits.since(0) == {
        "abusix": (ListHits(20_000 * DAY, 0, 2),),
        "cins": (ListHits(20_000 * DAY, 1, 8), ListHits(20_001 * DAY, 2, 0)),
    }


def test_only_the_days_that_are_wanted_are_told(store: Store) -> None:
    store.list_hits.add({(20_000, "cins"): (1, 5), (20_001, "cins"): (2, 0)})
    assert store.list_hits.since(20_001 * DAY + 17) == {"cins": (ListHits(20_001 * DAY, 2, 0),)}


def test_what_is_old_is_forgotten(store: Store) -> None:
    store.list_hits.add({(20_000, "cins"): (1, 5), (20_100, "cins"): (2, 0)})
    while store.retention.step(20_100 * DAY, events_days=30, statistics_days=90):
        pass
    assert store.list_hits.since(0) == {"cins": (ListHits(20_100 * DAY, 2, 0),)}
