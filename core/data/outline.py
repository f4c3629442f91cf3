"""Turns lines in drawing units into small SVG paths: fewer points, whole numbers, relative steps.

Lines are thinned one by one with their ends kept, so a border thinned once fits both neighbours.
For builders only.
"""

from __future__ import annotations

import heapq
from itertools import pairwise

Point = tuple[float, float]
Pixel = tuple[int, int]


def thinned(points: list[Point], least: float) -> list[Pixel]:
    """Drop the points that matter least, and round the others to whole numbers.

    The measure is the triangle that a point makes with its neighbours: M. Visvalingam and
    J. D. Whyatt, "Line generalisation by repeated elimination of points", The Cartographic
    Journal 30(1), 1993.

    Args:
        points: a line; the first and last stay. A closed one keeps four points at least.
        least: triangles smaller than this go, in square units.
    """
    needed = 4 if points[0] == points[-1] else 2
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    size = [_triangle(*points[i - 1 : i + 2]) for i in range(1, len(points) - 1)]
    sizes = [float("inf"), *size, float("inf")]
    heap = [(value, index) for index, value in enumerate(sizes)]
    heapq.heapify(heap)
    left = len(points)
    gone = set()
    while left > needed:
        value, index = heapq.heappop(heap)
        if value >= least:
            break
        if index in gone or value != sizes[index]:
            continue
        gone.add(index)
        left -= 1
        one, two = before[index], after[index]
        after[one], before[two] = two, one
        for near in (one, two):
            if 0 < near < len(points) - 1:
                fresh = _triangle(points[before[near]], points[near], points[after[near]])
                sizes[near] = max(fresh, value)
                heapq.heappush(heap, (sizes[near], near))
    kept = [points[index] for index in range(len(points)) if index not in gone]
    return [(round(x), round(y)) for x, y in kept]


def extent(ring: list[Pixel]) -> float:
    """Return the area of a closed ring, in square units."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))) / 2


def path(rings: list[list[Pixel]]) -> str:
    """Write closed rings as the data of one SVG path, as short as whole numbers can be written."""
    parts = []
    for ring in rings:
        corners = [ring[0], *(b for a, b in pairwise(ring[:-1]) if a != b)]
        steps = tuple(b[axis] - a[axis] for a, b in pairwise(corners) for axis in (0, 1))
        parts.append(f"M{_numbers(corners[0])}l{_numbers(steps)}z")
    return "".join(parts)


def middle(ring: list[Pixel]) -> Pixel:
    """Return a place well inside a ring: the middle of the widest run at the height of its centre.

    The centre of gravity itself may lie in the sea, as with a country shaped like a horseshoe.
    """
    ys = sorted(y for _, y in ring)
    height = (sum(ys) / len(ys) + (ys[0] + ys[-1]) / 2) / 2 + 0.01
    crossings = sorted(
        x0 + (height - y0) * (x1 - x0) / (y1 - y0)
        for (x0, y0), (x1, y1) in pairwise(ring)
        if (y0 > height) != (y1 > height)
    )
    if not crossings:
        return ring[0]
    runs = zip(crossings[::2], crossings[1::2], strict=True)
    start, end = max(runs, key=lambda run: run[1] - run[0])
    return round((start + end) / 2), round(height)


def _numbers(values: tuple[int, ...]) -> str:
    return " ".join(map(str, values)).replace(" -", "-")


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
