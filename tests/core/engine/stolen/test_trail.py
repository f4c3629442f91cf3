"""The places of an account, packed and unpacked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.stolen.trail import (
    HIDDEN,
    MOST,
    SETTLED,
    SUSPECT,
    Sighting,
    followed,
    latest,
    pack,
    sighting,
    unpack,
)
from core.words import NetworkKind
from tests.core.engine.asking import facts

U32 = st.integers(0, 2**32 - 1)
COUNTRIES = st.sampled_from(["", "DE", "VN", "XK"])
SIGHTINGS = st.sampled_from([4, 6]).flatmap(
    lambda version: st.builds(
        Sighting,
        first=st.just(7) | U32,
        last=st.just(7) | U32,
        asn=st.just(0) | U32,
        country=COUNTRIES,
        second=COUNTRIES,
        version=st.just(version),
        value=st.integers(0, 2 ** (32 if version == 4 else 128) - 1),
        flags=st.integers(0, 3),
    )
)


@given(st.lists(SIGHTINGS, max_size=10))
def test_what_is_packed_comes_back(places: list[Sighting]) -> None:
    packed = pack(places)
    assert unpack(packed) == places
    assert latest(packed) == (places[-1].last if places else 0)


@given(st.lists(SIGHTINGS, min_size=1, max_size=4), st.data())
def test_a_trail_that_is_cut_off_is_none(places: list[Sighting], data: st.DataObject) -> None:
    cut = len(pack(places)) - data.draw(st.integers(1, len(pack(places[-1:])) - 1))
    with pytest.raises(ValueError, match="no trail"):
        unpack(pack(places)[:cut])


def test_a_country_that_is_none_is_no_trail() -> None:
    with pytest.raises(ValueError, match="ascii"):
        unpack(b"\xff" * 33)


def test_a_place_is_small() -> None:
    assert len(pack([sighting(7, facts("198.51.100.7", "DE", asn=3320))])) == 21
    assert len(pack([sighting(7, facts("2001:db8::7", "DE", asn=3320))])) == 33


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 200)), max_size=300))
def test_a_trail_never_grows_without_end(visits: list[tuple[int, int]]) -> None:
    """A botnet of a thousand networks costs no more than MOST places."""
    places: list[Sighting] = []
    now = 1_000_000
    for pause, asn in visits:
        now += pause
        places = followed(places, sighting(now, facts("203.0.113.7", "DE", asn=asn)), 86_400)
    assert len(places) <= MOST
    assert len({each.network for each in places}) == len(places)
    assert not visits or places[-1].last == now


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (("198.51.100.7", 3320), ("198.51.200.9", 3320), True),  # a phone
        (("198.51.100.7", 3320), ("2001:db8::1", 3320), True),  # both protocols of one line
        (("198.51.100.7", 0), ("198.51.100.200", 0), True),
        (("198.51.100.7", 0), ("198.51.101.7", 0), False),
        (("2001:db8:1:2::3", 0), ("2001:db8:1:ffff::9", 0), True),
        (("2001:db8:1::", 0), ("2001:db8:2::", 0), False),
        (("198.51.100.7", 3320), ("198.51.100.7", 3209), False),
    ],
)
def test_which_addresses_are_one_network(
    one: tuple[str, int], two: tuple[str, int], same: bool
) -> None:
    """A19: mobile networks and dual stack do not count as many."""
    first, second = (sighting(0, facts(address, "DE", asn=asn)) for address, asn in (one, two))
    assert (first.network == second.network) is same
    assert len(followed([first], second, 100)) == (1 if same else 2)


def test_a_place_settles_in_a_day_unless_it_is_suspect() -> None:
    start = sighting(0, facts("203.0.113.7", "VN", asn=1))
    (later,) = followed([start], sighting(SETTLED, facts("203.0.113.8", "VN", asn=1)), 86_400)
    assert later.settled
    assert (later.first, later.last) == (0, SETTLED)
    marked = Sighting(0, 0, 1, "VN", "", 4, 7, SUSPECT)
    (later,) = followed([marked], sighting(SETTLED, facts("203.0.113.8", "VN", asn=1)), 86_400)
    assert not later.settled


@pytest.mark.parametrize(("days", "left"), [(0.5, 2), (1.5, 1)])
def test_passing_places_are_forgotten(days: float, left: int) -> None:
    hotel = sighting(0, facts("203.0.113.7", "VN", asn=1))
    home = facts("198.51.100.7", "DE", asn=2)
    assert len(followed([hotel], sighting(days * 86_400, home), 86_400)) == left


@pytest.mark.parametrize(
    ("kinds", "hidden"),
    [
        ((), False),
        ((NetworkKind.CLOUD,), True),
        ((NetworkKind.ANONYMISER,), True),
        ((NetworkKind.ATTACKER,), False),
    ],
)
def test_a_vpn_says_nothing_of_where_somebody_is(
    kinds: tuple[NetworkKind, ...], hidden: bool
) -> None:
    found = sighting(0, facts("203.0.113.7", "US", kinds=kinds))
    assert found.hidden is hidden
    assert found.flags == (HIDDEN if hidden else 0)
    assert found.network[0] in (4, 6)


def test_the_other_opinion_stands_in() -> None:
    """A country that only the second source knows is better than none."""
    found = sighting(0, facts("203.0.113.7", "", "VN"))
    assert (found.country, found.second) == ("VN", "")
    assert found.countries == {"VN"}
