"""Shared borders stay shared, and go when their areas are joined."""

from __future__ import annotations

from typing import Any

import pytest

from core.data.topology import Ring, joined, read, walk

SQUARES: dict[str, Any] = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    # two squares side by side: their border, the left one's rest, the right one's rest
    "arcs": [
        [[1, 0], [0, 1]],
        [[1, 1], [-1, 0], [0, -1], [1, 0]],
        [[1, 0], [1, 0], [0, 1], [-1, 0]],
    ],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "id": "1", "properties": {"name": "Left"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "properties": {"name": "Right"}, "arcs": [[[2, -1]]]},
            ]
        }
    },
}


def test_areas_are_read() -> None:
    topology = read(SQUARES, "countries")
    left, right = topology.areas
    assert (left.code, left.name) == ("1", "Left")
    assert (right.code, right.name) == ("", "Right")
    assert topology.walk(left.rings[0]) == [(1, 0), (1, 1), (0, 1), (0, 0), (1, 0)]


def test_joined_areas_lose_their_border() -> None:
    topology = read(SQUARES, "countries")
    (ring,) = joined([area.rings[0] for area in topology.areas])
    assert sorted(ring) == [1, 2]
    assert topology.walk(ring)[0] == topology.walk(ring)[-1]


@pytest.mark.parametrize("rings", [[(0, 1)], [(0, 1), (5,), (~7, 3)]])
def test_areas_that_share_nothing_stay_apart(rings: list[Ring]) -> None:
    assert joined(rings) == rings


def test_a_line_across_the_date_line_goes_on() -> None:
    document = {**SQUARES, "arcs": [[[179, 0], [-358, 0], [358, 5]], [], []]}
    assert read(document, "countries").arcs[0] == ((179, 0), (181, 0), (179, 5))


@pytest.mark.parametrize("ring", [(0, 2), (0,)])
def test_broken_rings_are_refused(ring: Ring) -> None:
    arcs = (((0, 0), (1, 0)), (), ((5, 5), (0, 0)))
    with pytest.raises(ValueError, match="arc"):
        walk(arcs, ring)
