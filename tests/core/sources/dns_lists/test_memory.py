"""Answers are remembered for as long as they may be believed, and not without end."""

from __future__ import annotations

from core.sources.dns_lists.memory import Memory

KEY = (4, 17)


def test_what_is_remembered_ends() -> None:
    memory = Memory()
    assert memory.get(KEY, 0) is None
    memory.put(KEY, True, 900)
    assert memory.get(KEY, 899) is True
    assert memory.get(KEY, 900) is None


def test_only_what_changes_something_is_news() -> None:
    """Who was not listed and is not has the same answer as before."""
    memory = Memory()
    assert not memory.put(KEY, False, 300)
    assert memory.put(KEY, True, 900)
    assert not memory.put(KEY, True, 1800)
    assert memory.put(KEY, False, 2000)


def test_a_million_attackers_take_no_more_room_than_it_has() -> None:
    memory = Memory(3)
    for value in range(1_000):
        memory.put((4, value), True, 900)
    assert len(memory) == 3
    assert memory.get((4, 999), 0) is True
    assert memory.get((4, 1), 0) is None


def test_who_is_asked_about_again_is_not_the_oldest() -> None:
    memory = Memory(2)
    memory.put((4, 1), True, 900)
    memory.put((4, 2), True, 900)
    memory.put((4, 1), True, 901)
    memory.put((4, 3), True, 900)
    assert memory.get((4, 1), 0) is True
    assert memory.get((4, 2), 0) is None


def test_it_counts_who_is_listed_now() -> None:
    memory = Memory()
    memory.put((4, 1), True, 900)
    memory.put((4, 2), False, 900)
    memory.put((4, 3), True, 100)
    assert memory.listed(200) == 1
