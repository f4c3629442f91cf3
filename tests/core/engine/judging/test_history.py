"""Who is at home where: from the second day on, for a while, and after a restart too."""

from __future__ import annotations

import pytest

from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.history import DAY, History
from core.engine.judging.place import Places, places
from core.store.good_pair import GoodPair
from tests.core.engine.judging.trying import HOME, START, at


def place(address: str) -> Places:
    found = places(at(address, HOME))
    assert found is not None
    return found


WHERE, NEIGHBOUR = place("203.0.113.7"), place("203.0.113.9")


def history(days: int = 30) -> History:
    """One that knows enough to miss somebody."""
    found = History(Fingerprints(b"a" * 16), 12_345)
    for day in range(days):
        found.note("old@example.test", WHERE, START - (days - day) * DAY)
    return found


@pytest.mark.parametrize(("days", "home"), [((0,), False), ((0, 0), False), ((0, 1), True)])
def test_two_days_make_a_home(days: tuple[int, ...], home: bool) -> None:
    """One lucky guess does not whiten an attacker."""
    known = history()
    for day in days:
        known.note("bob@example.test", WHERE, START + day * DAY)
    assert known.home("bob@example.test", WHERE.network, START + DAY) is home
    assert known.visited("bob@example.test", WHERE.network, START + DAY)


def test_on_a_new_server_one_day_is_enough() -> None:
    known = History(Fingerprints(b"a" * 16), 12_345)
    known.note("bob@example.test", WHERE, START)
    assert known.home("bob@example.test", WHERE.network, START)
    assert known.used("nobody@example.test", START)


def test_a_home_is_forgotten_in_the_end() -> None:
    known = history()
    last = START - DAY
    assert known.home("old@example.test", WHERE.network, last + known.days * DAY)
    assert not known.home("old@example.test", WHERE.network, last + (known.days + 1) * DAY)


def test_the_network_and_the_system_are_home_too() -> None:
    known = history()
    assert known.home("old@example.test", NEIGHBOUR.network, START)
    assert known.home("old@example.test", NEIGHBOUR.system, START)
    assert not known.home("bob@example.test", WHERE.network, START)
    assert known.residents(WHERE.address, START) == 1
    assert known.residents(NEIGHBOUR.address, START) == 0


def test_an_account_that_nobody_uses_is_told() -> None:
    known = history()
    assert known.used("old@example.test", START)
    assert not known.used("info@example.test", START)


def test_what_is_new_is_told_once_a_day() -> None:
    known = history()
    known.fresh()
    for hour in range(3):
        known.note("bob@example.test", WHERE, START + hour * 3600)
    day = int(START // DAY)
    assert [each for each in known.fresh() if each.account] == [
        GoodPair("bob@example.test", "203.0.113.0/24", HOME, day, day)
    ]
    assert known.fresh() == []


def test_it_comes_back_from_what_was_kept() -> None:
    """A restart must not make strangers of customers."""
    before, after = history(), History(Fingerprints(b"b" * 16), 999)
    for pair in before.fresh():
        after.restore(pair)
    for home in (WHERE.network, WHERE.system):
        assert after.home("old@example.test", home, START)
    assert after.residents(WHERE.address, START) == 1
    assert not after.used("info@example.test", START)


def test_what_cannot_be_read_is_passed_over() -> None:
    known = History(Fingerprints(b"a" * 16), 12_345)
    for network in ("nonsense", "10.0.0.0/8", "203.0.113.7"):
        known.restore(GoodPair("bob@example.test", network, 0, 20_000, 20_001))
    assert known.oldest == 0
