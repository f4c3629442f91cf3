"""What is remembered of each account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.account_table import AccountTable
from core.engine.stolen.traces import Trace, Traces
from core.engine.stolen.trail import MOST, Sighting, sighting
from tests.core.engine.asking import ACCOUNT, facts
from tests.core.engine.stolen.test_trail import SIGHTINGS

CODES = [one + two for one in "ABCDEFGHIJ" for two in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:250]


@given(
    st.lists(SIGHTINGS, max_size=MOST),
    st.none() | st.lists(st.sampled_from(CODES), unique=True, max_size=190).map(tuple),
    st.integers(0, MOST),
)
def test_what_is_kept_comes_back(
    places: list[Sighting], known: tuple[str, ...] | None, fresh: int
) -> None:
    traces = Traces(AccountTable().columns[0])
    trace = Trace(places, known, fresh if known is None else 0)
    traces.keep(ACCOUNT, trace)
    assert traces.get(ACCOUNT) == trace
    assert len(traces) == 1
    again = Traces(AccountTable().columns[0])
    for account, packed in traces.dump():
        again.restore(account, packed)
    assert again.get(ACCOUNT) == trace


def test_more_than_all_countries_and_places_that_wait_are_as_many() -> None:
    traces = Traces(AccountTable().columns[0])
    traces.keep(ACCOUNT, Trace([], tuple(CODES)))
    known = traces.get(ACCOUNT)
    assert known is not None
    assert known.known == tuple(CODES[:190])
    traces.keep(ACCOUNT, Trace([], None, 1000))
    assert traces.get(ACCOUNT) == Trace([], None, MOST)


@pytest.mark.parametrize("told", [None, ("DE", "FR")])
def test_those_who_were_quiet_longest_make_room(told: tuple[str, ...] | None) -> None:
    """Of a part of all; so whoever was seen lately stays, however full it is."""
    traces = Traces(AccountTable(2).columns[1])
    assert traces.make_room() == []
    for number in range(2000):
        place = sighting(10_000 + number, facts("198.51.100.7", "DE", asn=3320))
        traces.keep(f"{number}@example.test", Trace([place], told))
    gone: list[str] = []
    while len(traces) > 1500:
        names = traces.make_room()
        assert 1 <= len(names) <= 10
        gone += names
    assert len(gone) == len({*gone}) == 2000 - len(traces)
    numbers = [int(name.partition("@")[0]) for name in gone]
    assert max(numbers) < 1900
    assert sum(numbers) / len(numbers) < 400
    assert all(traces.get(f"{number}@example.test") for number in range(1900, 2000))


def test_an_account_without_places_goes_first() -> None:
    traces = Traces(AccountTable().columns[0])
    traces.keep("a@example.test", Trace([sighting(7, facts("198.51.100.7", "DE"))], None))
    traces.keep("b@example.test", Trace([], ("DE", "FR", "US")))
    assert traces.make_room() == ["b@example.test"]
