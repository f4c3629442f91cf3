"""Distances on a globe."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.globe import EARTH_KM, angle, degrees, vector

LONGITUDES = st.floats(-179.9, 180)
LATITUDES = st.floats(-89, 89)


@pytest.mark.parametrize(
    ("one", "two", "kilometres"),
    [
        ((0, 0), (90, 0), EARTH_KM * math.pi / 2),
        ((0, 90), (120, -90), EARTH_KM * math.pi),
        ((13.4, 52.5), (2.35, 48.86), 878),  # Berlin and Paris
    ],
)
def test_known_distances(
    one: tuple[float, float], two: tuple[float, float], kilometres: float
) -> None:
    assert angle(vector(*one), vector(*two)) * EARTH_KM == pytest.approx(kilometres, abs=2)


@given(LONGITUDES, LATITUDES)
def test_a_place_is_found_again(longitude: float, latitude: float) -> None:
    assert degrees(vector(longitude, latitude)) == pytest.approx((longitude, latitude), abs=1e-6)


@given(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=3, max_size=3))
def test_no_detour_is_shorter(places: list[tuple[float, float]]) -> None:
    """The law of a distance, and that it is the same both ways."""
    a, b, c = (vector(*place) for place in places)
    assert angle(a, b) == pytest.approx(angle(b, a))
    assert angle(a, c) <= angle(a, b) + angle(b, c) + 1e-6
