"""Reads TopoJSON: borders that two countries share are stored once, as one arc.

Keeps arcs as arcs, so that a border simplified once fits both neighbours, and joins areas by
dropping what they share. Format: the TopoJSON specification, version 1.0.0. For builders only.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from msgspec import Struct

Point = tuple[float, float]
Ring = tuple[int, ...]
"""Numbers of arcs, end to end; ``~n`` is arc n walked backwards."""


class Area(Struct, frozen=True):
    """One connected piece of a feature.

    Attributes:
        code: the feature's id, "" when it has none.
        name: the feature's name.
        rings: the outer ring, then the holes.
    """

    code: str
    name: str
    rings: tuple[Ring, ...]


class Topology(Struct, frozen=True):
    """The arcs in degrees, beyond ±180 where one crosses the date line, and the areas."""

    arcs: tuple[tuple[Point, ...], ...]
    areas: tuple[Area, ...]

    def walk(self, ring: Ring) -> list[Point]:
        """Return a ring's points; the last one is the first one again.

        Raises:
            ValueError: the ring's arcs do not touch.
        """
        return walk(self.arcs, ring)


def read(document: dict[str, Any], collection: str) -> Topology:
    """Read one collection of polygons of a quantised document."""
    scale, offset = document["transform"]["scale"], document["transform"]["translate"]
    arcs = tuple(_degrees(arc, scale, offset) for arc in document["arcs"])
    areas = []
    for feature in document["objects"][collection]["geometries"]:
        polygons = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
        for rings in polygons:
            area = Area(
                code=feature.get("id") or "",
                name=feature["properties"]["name"],
                rings=tuple(tuple(ring) for ring in rings),
            )
            areas.append(area)
    return Topology(arcs, tuple(areas))


def walk(arcs: tuple[tuple[Any, ...], ...], ring: Ring) -> list[Any]:
    """Put a ring's arcs end to end, whatever their points are.

    Raises:
        ValueError: the ring's arcs do not touch.
    """
    points: list[Any] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        if points and points[-1] != arc[0]:
            raise ValueError(f"arc {number} does not begin where the one before ends")
        points.extend(arc[1:] if points else arc)
    if points[0] != points[-1]:
        raise ValueError(f"the ring of arc {ring[0]} is open")
    return points


def joined(rings: list[Ring]) -> list[Ring]:
    """Join areas into one: a border between two of them is walked both ways, and goes.

    The arcs that remain are put together by their neighbours in the rings they come from.
    """
    counts = Counter(number for ring in rings for number in ring)
    gone = {number for number in counts if ~number in counts}
    if not gone:
        return rings
    follower = {a: b for ring in rings for a, b in pairwise((*ring, ring[0]))}
    left = [number for ring in rings for number in ring if number not in gone]
    whole: list[Ring] = []
    while left:
        ring = [left.pop(0)]
        while (number := _next(ring[-1], follower, gone)) != ring[0]:
            left.remove(number)
            ring.append(number)
        whole.append(tuple(ring))
    return whole


def _next(number: int, follower: dict[int, int], gone: set[int]) -> int:
    """Where a border that goes begins, the walk goes on along the neighbour's ring."""
    number = follower[number]
    while number in gone:
        number = follower[~number]
    return number


def _degrees(arc: list[list[int]], scale: list[float], offset: list[float]) -> tuple[Point, ...]:
    x = y = turns = 0
    last: float | None = None
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        longitude = x * scale[0] + offset[0]
        if last is not None and abs(longitude - last) > 180:
            turns += 1 if longitude < last else -1
        last = longitude
        points.append((longitude + 360 * turns, y * scale[1] + offset[1]))
    return tuple(points)
