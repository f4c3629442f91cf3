"""What the demo has found out fits its people, and is what the daemon would read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.signals import SignalFilter
from core.store.store import Store
from core.words import Reason, SignalKind
from demo import cast, findings

NOW = time.time()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One with nothing but what was found out."""
    path: Path = tmp_path_factory.mktemp("found") / "store.sqlite"
    store = Store.open(f"sqlite:///{path}")
    findings.write(store, NOW)
    yield store
    store.close()


def test_attackers_stand_and_one_was_let_go(store: Store) -> None:
    standing = store.attackers.standing(NOW)
    assert {each.kind for each in standing} == {"address", "network"}
    past = store.attackers.history(None, NOW - 30 * 86_400, 100)
    assert len(past) == len(standing) + 1
    assert [each.released_by for each in past if each.released_at is not None] == ["karin"]


def test_signals_are_of_people_of_the_house_and_every_role_has_one(store: Store) -> None:
    found = store.signals.find(SignalFilter())
    assert {each.account for each in found} <= set(cast.ACCOUNTS)
    assert {SignalKind(each.kind) for each in found} >= {SignalKind.COUNTRIES, SignalKind.VOLUME}
    for domain in ("lindlaw.example", "moeller.example"):
        wanted = SignalFilter(open=True, domains=frozenset({domain}))
        assert store.signals.count(wanted), domain


def test_somebody_is_blocked_by_hand(store: Store) -> None:
    (block,) = store.blocks.standing(NOW)
    assert block.reason == Reason.BLOCKED_BY_HAND


def test_the_list_that_watches_has_a_week_to_show(store: Store) -> None:
    hits = store.list_hits.since(NOW - 6 * 86_400)[findings.LIST]
    assert sum(day.passed for day in hits) == 1
    assert len(hits) == 6
