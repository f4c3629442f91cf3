"""A journey is never taken for longer than it must have been (A23)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.countries import CODES
from core.net.globe import EARTH_KM, angle, vector
from core.net.places import gap, is_known

COUNTRIES = st.sampled_from(sorted(CODES))


@given(COUNTRIES, COUNTRIES)
def test_a_gap_is_the_same_both_ways(one: str, two: str) -> None:
    assert gap(one, two) == gap(two, one)
    assert 0 <= gap(one, two) < EARTH_KM * 3.15


@pytest.mark.parametrize("country", sorted(CODES))
def test_a_country_is_no_way_from_itself(country: str) -> None:
    assert gap(country, country) == 0


@pytest.mark.parametrize(
    "pair", ["DE FR", "DE AT", "ES MA", "US MX", "RU US", "CN VN", "ZA LS", "FR ES", "DE DK"]
)
def test_neighbours_are_no_way_apart(pair: str) -> None:
    """Two people who share a mailbox on both sides of a border are no thieves."""
    assert gap(*pair.split()) == 0


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (("DE", 9.0, 54.8), ("VN", 102.3, 22.4)),  # Flensburg, the north west of Vietnam
        (("PT", -31.2, 39.4), ("US", -67.0, 44.8)),  # Flores of the Azores, Maine
        (("ES", -17.9, 28.7), ("BR", -35.0, -7.5)),  # La Palma, Recife
        (("GB", -8.1, 54.4), ("CA", -52.7, 47.5)),  # Fermanagh, Newfoundland
        (("US", -157.9, 21.3), ("KI", -157.4, 1.9)),  # Hawaii, Kiritimati
    ],
)
def test_islands_and_far_corners_count(
    here: tuple[str, float, float], there: tuple[str, float, float]
) -> None:
    """From the nearest corner of one to that of the other it is at least the gap."""
    kilometres = angle(vector(*here[1:]), vector(*there[1:])) * EARTH_KM
    assert gap(here[0], there[0]) <= kilometres


@pytest.mark.parametrize(("pair", "least"), [("DE VN", 7000), ("DE US", 4000), ("FR BR", 5000)])
def test_far_is_far(pair: str, least: int) -> None:
    """French Guiana is a country of its own: France is far from Brazil."""
    assert gap(*pair.split()) > least


@pytest.mark.parametrize("unknown", ["", "ZZ", "AQ"])
def test_who_is_nowhere_is_near(unknown: str) -> None:
    """Nobody is accused for what is not known."""
    assert not is_known(unknown)
    assert gap("DE", unknown) == 0
