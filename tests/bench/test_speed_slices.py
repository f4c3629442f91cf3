"""How servers are compared: a mistake here would praise or blame every line of the engine."""

from __future__ import annotations

import pytest

from bench.speed_generator import Slice
from bench.speed_slices import (
    BLOCK,
    FLOOR,
    OURS,
    PYTHON,
    latency,
    order,
    ratios,
    spread,
    whole,
)


def cut(
    cost: float,
    requests: int = 1000,
    since_requests: int = 0,
    since_cpu: float = 0.0,
    latencies: tuple[tuple[float, int], ...] = (),
) -> Slice:
    """A slice in which a request took so many microseconds of processor time."""
    cpu = cost * requests / 1e6
    return Slice(0.2, requests, cpu, requests, 0, 0, 0, 0, since_requests, since_cpu, latencies)


def test_a_slice_is_compared_with_the_floor_around_it() -> None:
    """Its cost is divided by the mean of the two neighbours."""
    taken = [(FLOOR, cut(1.0)), (OURS, cut(6.0)), (FLOOR, cut(1.4))]
    found, left_out = ratios(taken, OURS)
    assert found == pytest.approx([5.0])
    assert left_out == 0


def test_a_machine_that_is_slow_for_a_while_changes_no_ratio() -> None:
    """Everything takes 2.4 times as long in the middle: the slices at its edges are left out."""
    speeds = [1.0] * 9 + [2.4] * 8 + [1.0] * 8
    sides = [FLOOR, OURS] * 12 + [FLOOR]
    costs = {FLOOR: 1.1, OURS: 4.4}
    taken = [(side, cut(costs[side] * speed)) for side, speed in zip(sides, speeds, strict=True)]
    found = spread([taken], OURS)
    assert found.median == found.low == found.high == pytest.approx(4.0)
    assert (found.count, found.left_out) == (10, 2)


@pytest.mark.parametrize(
    ("before", "inner", "after"),
    [
        (cut(1.0), cut(4.0), cut(1.6)),
        (cut(1.6), cut(4.0), cut(1.0)),
        (cut(1.0, requests=0), cut(4.0), cut(1.0)),
        (cut(1.0), cut(4.0, requests=0), cut(1.0)),
    ],
    ids=["slower after", "faster after", "no floor", "nothing answered"],
)
def test_what_cannot_be_compared_is_left_out(before: Slice, inner: Slice, after: Slice) -> None:
    """And it is said that it was."""
    assert ratios([(FLOOR, before), (OURS, inner), (FLOOR, after)], OURS) == ([], 1)


def test_rounds_are_not_joined() -> None:
    """The last slice of a round is no neighbour of the next one's first."""
    taken = [(FLOOR, cut(1.0)), (OURS, cut(4.0)), (FLOOR, cut(1.0))]
    alone = [(OURS, cut(40.0))]
    assert spread([taken, alone, taken], OURS).count == 2


def test_without_a_ratio_there_is_none() -> None:
    """No figure is made up."""
    found = spread([[(FLOOR, cut(1.0)), (OURS, cut(4.0)), (FLOOR, cut(9.0))]], OURS)
    assert (found.median, found.count, found.left_out) == (0.0, 0, 1)


def test_every_slice_stands_between_two_of_the_floor() -> None:
    """All sides have their turn, and no two others are neighbours."""
    sides = order()
    assert sides.count(OURS) == BLOCK
    assert sides.count(PYTHON) == 1
    assert set(sides[::2]) == {FLOOR}
    assert FLOOR not in sides[1::2]
    assert sides[-1] == FLOOR


def test_what_is_done_while_others_are_loaded_is_counted() -> None:
    """Two slices of 100 requests at 4 µs each, and 200 µs of housekeeping between them."""
    first = cut(4.0, 100, since_requests=100, since_cpu=0.0004)
    last = cut(4.0, 100, since_requests=100, since_cpu=0.0006)
    taken = [(OURS, first), (FLOOR, cut(1.0, 9, 9, 0.1)), (OURS, last)]
    assert whole([taken], OURS) == pytest.approx(5.0)


def test_latencies_of_all_slices_make_one_distribution() -> None:
    """The slowest answer of a hundred, wherever it was."""
    slices = [cut(1.0, latencies=((10.0, 60), (50.0, 1))), cut(1.0, latencies=((20.0, 39),))]
    assert latency(slices, 0.5) == 10.0
    assert latency(slices, 0.99) == 20.0
    assert latency(slices, 0.999) == 50.0
    assert latency([], 0.99) == 0.0
