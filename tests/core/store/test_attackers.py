"""The history of attackers says who was refused, why, and who let them go."""

from __future__ import annotations

from core.store.attacker import Attacker
from core.store.store import Store
from tests.core.store.samples import DAY, HOUR, NOON


def attacker(place: str = "192.0.2.66", since: float = NOON, seconds: float = DAY) -> Attacker:
    return Attacker(
        place=place,
        kind="address",
        since=since,
        until=since + seconds,
        times=1,
        evidence="tried 14 accounts in 6 minutes, last at 12:00 UTC",
    )


def places(found: list[Attacker]) -> list[str]:
    return [each.place for each in found]


def test_an_attacker_comes_back(store: Store) -> None:
    store.attackers.seen([attacker()])
    (found,) = store.attackers.standing(NOON)
    assert found.id > 0
    wanted = attacker()
    for name in ("place", "kind", "since", "until", "times", "evidence", "released_at"):
        assert getattr(found, name) == getattr(wanted, name)


def test_noting_it_again_changes_nothing(store: Store) -> None:
    """Each of several servers notes what it sees."""
    store.attackers.seen([attacker(), attacker("192.0.2.0/24")])
    store.attackers.released(["192.0.2.66"], NOON + 1, "carol", "our office")
    store.attackers.seen([attacker()])
    assert places(store.attackers.standing(NOON + 2)) == ["192.0.2.0/24"]


def test_a_release_says_who_and_why(store: Store) -> None:
    store.attackers.seen([attacker()])
    assert store.attackers.released(["192.0.2.66", "192.0.2.67"], NOON + 1, "carol", "office") == 1
    assert store.attackers.released(["192.0.2.66"], NOON + 2, "carol", "again") == 0
    (found,) = store.attackers.history()
    assert (found.released_at, found.released_by, found.released_why) == (
        NOON + 1,
        "carol",
        "office",
    )


def test_what_ran_out_is_told_from_what_was_released(store: Store) -> None:
    """Only the first makes the next refusal longer."""
    store.attackers.seen([attacker("192.0.2.1"), attacker("192.0.2.2")])
    store.attackers.released(["192.0.2.2"], NOON + 1, "carol", "")
    later = NOON + 2 * DAY
    assert store.attackers.standing(later) == []
    assert places(store.attackers.ended_since(NOON, later)) == ["192.0.2.1"]
    assert store.attackers.ended_since(later, later) == []


def test_news_are_what_came_and_what_was_let_go(store: Store) -> None:
    """Servers that share a store read them once a minute."""
    store.attackers.seen([attacker("192.0.2.1"), attacker("192.0.2.2")])
    newest = max(each.id for each in store.attackers.history())
    assert store.attackers.news(newest, NOON) == []
    store.attackers.seen([attacker("192.0.2.3")])
    store.attackers.released(["192.0.2.1"], NOON + HOUR, "carol", "")
    assert places(store.attackers.news(newest, NOON)) == ["192.0.2.1", "192.0.2.3"]
    assert places(store.attackers.news(newest, NOON + 2 * HOUR)) == ["192.0.2.3"]


def test_the_history_is_searched_and_paged(store: Store) -> None:
    store.attackers.seen([attacker(f"192.0.2.{n}", NOON + n) for n in range(1, 6)])
    first = store.attackers.history(limit=2)
    assert places(first) == ["192.0.2.5", "192.0.2.4"]
    assert places(store.attackers.history(limit=2, before_id=first[-1].id)) == [
        "192.0.2.3",
        "192.0.2.2",
    ]
    assert places(store.attackers.history(["192.0.2.3"])) == ["192.0.2.3"]
    assert places(store.attackers.history(since=NOON + 5)) == ["192.0.2.5"]


def test_what_is_old_is_forgotten(store: Store) -> None:
    store.attackers.seen([attacker("192.0.2.1"), attacker("192.0.2.2", NOON + 9 * DAY)])
    assert store.attackers.prune(NOON + 2 * DAY) is False
    assert places(store.attackers.history()) == ["192.0.2.2"]
