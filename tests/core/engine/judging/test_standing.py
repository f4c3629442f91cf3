"""Attackers that stand are found by address, end in time, and are never too many."""

from __future__ import annotations

from core.engine.judging.entry import Entry
from core.engine.judging.place import kind_of, places, read
from core.engine.judging.standing import Standing
from tests.core.engine.judging.trying import at


def entry(place: str, until: float = 100.0) -> Entry:
    return Entry(place, kind_of(read(place)), 0.0, until, 1, "tried 6 accounts")


def standing(*entries: Entry, most: int = 100) -> Standing:
    found = Standing(most)
    for each in entries:
        found.add(read(each.place), each)
    return found


ALL = ("203.0.113.7", "203.0.113.0/24", "AS64501", "203.0.113.8", "198.51.100.1")


def test_what_covers_an_address_is_found_the_narrowest_first() -> None:
    known = standing(*map(entry, ALL))
    where = places(at("203.0.113.7"))
    assert where is not None
    assert [each.place for each in known.find(where)] == list(ALL[:3])


def test_what_lies_in_a_network_is_covered_by_it() -> None:
    known = standing(*map(entry, ALL))
    assert {each.place for each in known.covered(read("203.0.113.0/24"))} == {
        "203.0.113.7",
        "203.0.113.8",
        "203.0.113.0/24",
    }
    assert [each.place for each in known.covered(read("AS64501"))] == ["AS64501"]


def test_it_ends_when_it_says() -> None:
    known = standing(entry("203.0.113.7", 100), entry("203.0.113.8", 200))
    assert known.expire(99.9) == []
    assert [each.place for each in known.expire(100)] == ["203.0.113.7"]
    assert known.expire(150) == []
    assert [each.place for each in known.expire(1000)] == ["203.0.113.8"]
    assert not known


def test_when_there_are_too_many_those_go_that_would_end_first() -> None:
    known = standing(*(entry(f"203.0.113.{n}", n) for n in range(1, 251)), most=200)
    assert len(known) <= 200
    assert known.get(read("203.0.113.250")) is not None
    assert known.get(read("203.0.113.1")) is None


def test_what_is_removed_stands_no_longer() -> None:
    known = standing(entry("203.0.113.7"))
    (found,) = known
    assert known.remove(found)
    assert not known.remove(found)
    assert len(known) == 0
