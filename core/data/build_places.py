"""Builds ``places.json``: where each country is, as a few circles on the globe.

For the question how far apart two countries are at least: every point of a country lies in one of
its circles, so that two logins are never closer than the gap between two circles. The lines are
those of the map of the pages (`core.data.build_world`), with every island. Run it through
``./dev seed``; it needs npm.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Final

import msgspec

from core.data.build_world import ABSENT, ATLAS, CLDR, POINTS, by_number, code_of
from core.data.npm_package import read_members
from core.data.topology import Topology, read
from core.net.globe import EARTH_KM, Vector, angle, degrees, vector
from core.net.places import Circle

MOST: Final = 8
"""Circles of a country at most."""

SMALL_KM: Final = 150.0
"""A country is not divided further once its circles are no larger than this."""

STEP_KM: Final = 50.0
"""Long straight borders get points at this distance."""


def build(target: Path) -> None:
    """Write the file."""
    (atlas,) = read_members(ATLAS, ("countries-50m.json",))
    (mappings,) = read_members(CLDR, ("supplemental/codeMappings.json",))
    codes = msgspec.json.decode(mappings)["supplemental"]["codeMappings"]
    topology = read(msgspec.json.decode(atlas), "countries")
    target.write_bytes(written(outlines(topology, by_number(codes))))


def outlines(topology: Topology, numbers: dict[str, str]) -> dict[str, list[Vector]]:
    """The points of each country's outline.

    Args:
        topology: the atlas, with numbers of ISO 3166 for codes.
        numbers: the alpha-2 code for each number.
    """
    found: dict[str, list[Vector]] = defaultdict(list)
    for area in topology.areas:
        code = code_of(area, topology, numbers)
        if code and code not in ABSENT:
            for number in area.rings[0]:
                arc = topology.arcs[number if number >= 0 else ~number]
                found[code] += _line([vector(x, y) for x, y in arc])
    for code, (longitude, latitude) in POINTS.items():
        found.setdefault(code, [vector(longitude, latitude)])
    return dict(found)


def circles(points: list[Vector]) -> list[Circle]:
    """Cover points with circles, each around the point that is farthest from those before.

    T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical
    Computer Science 38, 1985: never more than twice as large as they must be.
    """
    centres = [points[0]]
    nearest = [angle(centres[0], point) for point in points]
    centres = [points[nearest.index(max(nearest))]]  # begin at an edge, not where the line does
    nearest = [angle(centres[0], point) for point in points]
    while len(centres) < MOST and max(nearest) * EARTH_KM > SMALL_KM:
        centres.append(points[nearest.index(max(nearest))])
        added = centres[-1]
        nearest = [min(a, angle(added, point)) for a, point in zip(nearest, points, strict=True)]
    members: list[list[Vector]] = [[] for _ in centres]
    for point in points:
        members[min(range(len(centres)), key=lambda i: angle(centres[i], point))].append(point)
    return sorted(_around(group) for group in members)


def written(countries: dict[str, list[Vector]]) -> bytes:
    """The file: for each code its circles, as latitude, longitude and radius in kilometres."""
    lines = [
        f'  "{code}": {msgspec.json.encode([list(each) for each in circles(points)]).decode()}'
        for code, points in sorted(countries.items())
    ]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _around(points: list[Vector]) -> Circle:
    """A circle around points: from their middle to the farthest, rounded up."""
    middle = tuple(sum(axis) for axis in zip(*points, strict=True))
    length = sum(axis * axis for axis in middle) ** 0.5
    centre = (middle[0] / length, middle[1] / length, middle[2] / length)
    longitude, latitude = (round(each, 2) for each in degrees(centre))
    rounded = vector(longitude, latitude)
    radius = max(angle(rounded, point) for point in points) * EARTH_KM
    return latitude, longitude, ceil(radius + STEP_KM / 2 if len(points) > 1 else radius + 1)


def _line(points: list[Vector]) -> list[Vector]:
    """A line with more points where two of them are far apart."""
    dense = points[:1]
    for one, two in pairwise(points):
        parts = ceil(angle(one, two) * EARTH_KM / STEP_KM)
        for part in range(1, parts):
            share = part / parts
            dense.append(_unit(tuple(a + (b - a) * share for a, b in zip(one, two, strict=True))))
        dense.append(two)
    return dense


def _unit(axes: tuple[float, ...]) -> Vector:
    length = sum(axis * axis for axis in axes) ** 0.5
    return axes[0] / length, axes[1] / length, axes[2] / length


if __name__ == "__main__":
    build(Path(__file__).parent / "places.json")
