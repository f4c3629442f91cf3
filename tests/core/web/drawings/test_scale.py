"""Axes and legends show round numbers, whatever the data."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.drawings.scale import Number, class_of, classes, measured, ticks

COUNTS = st.integers(0, 10**30)


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [
        (0, [0, 1]),
        (-0.0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (100, [0, 50, 100]),
        (101, [0, 50, 100, 150]),
        (0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (10**20, [0, 5 * 10**19, 10**20]),
    ],
)
def test_ticks_are_round(maximum: Number, expected: list[Number]) -> None:
    assert ticks(maximum) == expected


@given(COUNTS)
def test_ticks_reach_the_maximum_in_few_whole_steps(maximum: int) -> None:
    found = ticks(maximum)
    assert all(isinstance(tick, int) for tick in found)
    assert found[0] == 0
    assert found[-1] >= maximum > found[-2] or maximum == 0
    assert 2 <= len(found) <= 6
    assert len({b - a for a, b in pairwise(found)}) == 1


@given(st.floats(1e-6, 1e12))
def test_ticks_of_fractions_reach_the_maximum(maximum: float) -> None:
    found = ticks(maximum)
    assert found[-1] >= maximum * (1 - 1e-8)
    assert 2 <= len(found) <= 6


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), -0.5])
def test_what_cannot_be_drawn_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        measured(value)


def test_minus_zero_is_zero() -> None:
    assert str(measured(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        ([], ()),
        ([0, 0], ()),
        ([7], (5,)),
        ([1], (1,)),
        ([1, 2, 3, 3], (1, 2, 3)),
        ([1, 100_000], (1, 10, 100, 1000, 10_000)),
        ([1000, 1000], (1000,)),
    ],
)
def test_classes_are_round(counts: list[int], bounds: tuple[int, ...]) -> None:
    assert classes(counts) == bounds


@given(st.lists(COUNTS, min_size=1, max_size=60))
def test_every_count_has_a_class(counts: list[int]) -> None:
    bounds = classes(counts)
    assert len(bounds) <= 5
    assert list(bounds) == sorted(set(bounds))
    for count in counts:
        assert 1 <= class_of(count, bounds) <= len(bounds) if count else not class_of(0, bounds)
    if any(counts):
        assert class_of(max(counts), bounds) == len(bounds)
