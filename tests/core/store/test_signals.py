"""The history of signals says what was seen, what was done, and who closed it."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.signal import NotedSignal
from core.store.signals import SignalFilter
from core.store.store import Store
from tests.core.store.samples import DAY, NOON

ANN, BOB = "ann@example.test", "bob@other.test"


def signal(account: str = ANN, kind: str = "travel", at: float = NOON, **more: Any) -> NotedSignal:
    known: dict[str, Any] = {"last": at, "evidence": "Vietnam after Germany", "countries": ("VN",)}
    return NotedSignal(account=account, kind=kind, at=at, **known | more)


def test_a_signal_comes_back(store: Store) -> None:
    """A19: durable, with what was done."""
    seen = signal(last=NOON + 5, countries=("VN", "BR"), action="blocked", told=NOON + 6)
    store.signals.note(seen)
    (found,) = store.signals.find()
    assert found.domain == "example.test"
    assert (found.closed_at, found.closed_by, found.closed_as) == (None, "", "")
    assert {n: getattr(found, n) for n in NotedSignal.__struct_fields__} == {
        n: getattr(seen, n) for n in NotedSignal.__struct_fields__
    }


def test_a_signal_that_grows_is_the_same_signal(store: Store) -> None:
    """And stays closed, if somebody closed it meanwhile."""
    store.signals.note(signal())
    store.signals.close(ANN, NOON + 1, "admin", "handled")
    store.signals.note(signal(last=NOON + 60, evidence="more", action="informed", told=NOON))
    (found,) = store.signals.find()
    assert (found.last, found.evidence, found.action) == (NOON + 60, "more", "informed")
    assert (found.closed_at, found.closed_by, found.closed_as) == (NOON + 1, "admin", "handled")


def test_closing_closes_all_of_the_account_and_no_others(store: Store) -> None:
    store.signals.note(signal(), signal(kind="volume"), signal(BOB))
    assert store.signals.close(ANN, NOON + 1, "ann", "owner") == 2
    assert store.signals.close(ANN, NOON + 2, "ann", "owner") == 0
    assert [each.account for each in store.signals.find(SignalFilter(open=True))] == [BOB]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (SignalFilter(), [3, 2, 1]),
        (SignalFilter(account=ANN), [2, 1]),
        (SignalFilter(account="*@OTHER.test"), [3]),
        (SignalFilter(domains=frozenset({"example.test"})), [2, 1]),
        (SignalFilter(domains=frozenset()), []),
        (SignalFilter(kinds=frozenset({"volume"})), [2]),
        (SignalFilter(since=NOON + DAY), [3]),
        (SignalFilter(open=False), []),
    ],
)
def test_what_fits_is_found_newest_first(
    store: Store, wanted: SignalFilter, found: list[int]
) -> None:
    store.signals.note(signal(), signal(kind="volume"), signal(BOB, at=NOON + DAY))
    assert [each.id for each in store.signals.find(wanted)] == found
    assert store.signals.count(wanted) == len(found)
    if len(found) > 1:
        assert [each.id for each in store.signals.find(wanted, 1, found[0])] == found[1:2]


def test_old_signals_are_pruned(store: Store) -> None:
    store.signals.note(signal(), signal(BOB, at=NOON + 30 * DAY))
    while store.retention.step(NOON + 40 * DAY, events_days=30, statistics_days=30):
        pass
    assert [each.account for each in store.signals.find()] == [BOB]
