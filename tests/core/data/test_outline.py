"""Paths are short, whole-numbered, and still the same shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.outline import Pixel, extent, middle, path, thinned

SQUARE: list[Pixel] = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
ARCH: list[Pixel] = [(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9), (0, 0)]


def test_points_on_a_straight_line_go() -> None:
    line: list[tuple[float, float]] = [(0, 0), (1, 0), (2, 0.1), (3, 0), (9, 0), (9, 9)]
    assert thinned(line, 1) == [(0, 0), (9, 0), (9, 9)]


def test_a_closed_line_stays_an_area() -> None:
    tiny = [(0.0, 0.0), (0.3, 0.0), (0.3, 0.3), (0.1, 0.4), (0.0, 0.3), (0.0, 0.0)]
    assert len(thinned(tiny, 100)) == 4


@given(st.lists(st.tuples(st.floats(-99, 99), st.floats(-99, 99)), min_size=2, max_size=40))
def test_both_directions_of_a_border_keep_its_ends(points: list[tuple[float, float]]) -> None:
    kept = thinned(points, 5)
    assert kept[0] == (round(points[0][0]), round(points[0][1]))
    assert kept[-1] == (round(points[-1][0]), round(points[-1][1]))
    assert len(kept) <= len(points)


def test_a_path_has_relative_steps_and_no_doubles() -> None:
    ring = [(5, 5), (15, 5), (15, 5), (15, 15), (5, 15), (5, 5)]
    assert path([ring, SQUARE]) == "M5 5l10 0 0 10-10 0zM0 0l10 0 0 10-10 0z"


@pytest.mark.parametrize("ring", [SQUARE, SQUARE[::-1]])
def test_extent_does_not_depend_on_the_direction(ring: list[Pixel]) -> None:
    assert extent(ring) == 100


def test_the_middle_is_inside() -> None:
    assert middle(SQUARE) == (5, 5)
    assert middle(ARCH) in ((2, 5), (8, 5))


def test_a_point_is_its_own_middle() -> None:
    assert middle([(7, 8), (7, 8)]) == (7, 8)
