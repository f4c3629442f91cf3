"""Builds ``world.json``, the outlines of the countries for the map on the pages.

The lines are those of Natural Earth (public domain) in the edition of the world-atlas package. What
belongs to which code follows ISO 3166, because that is what the country databases say of an
address: overseas parts with a code of their own are drawn as such (Réunion is RE, not FR), parts
without one belong to the country that ISO 3166-2 lists them under (Somaliland SO, Northern Cyprus
CY, Crimea UA). Kosovo is XK, as in the databases; Taiwan is TW. Antarctica is left out: it has no
mail servers, and would take a fifth of the picture. Run it through ``./dev seed``; it needs npm.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import msgspec

from core.data.equal_earth import CENTRE, project
from core.data.npm_package import NpmPackage, read_members
from core.data.outline import Pixel, extent, middle, path, thinned
from core.data.topology import Area, Ring, Topology, joined, read, walk
from core.data.world import Place, World
from core.net.countries import CODES

ATLAS: Final = NpmPackage(
    "world-atlas",
    "2.0.2",
    "IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ==",
)
CLDR: Final = NpmPackage(
    "cldr-core",
    "48.2.0",
    "zfmLothncSwfv2jlevoSrgI2VGgH8SDGHXst6jUEotHA8nq9Igeg9jzdJDFtBso9pgJuG89DK16TzrmZDdo2Bg==",
)

ABSENT: Final = frozenset({"AQ"})
"""Codes without a place on the map."""

NAMED: Final = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
"""Features that have no number of ISO 3166 in the atlas."""

PARTS: Final = (
    ("FR", "GF", (-55, 2, -51, 6)),
    ("FR", "GP", (-62, 15.8, -61, 16.6)),
    ("FR", "MQ", (-61.5, 14.3, -60.7, 15)),
    ("FR", "RE", (55, -22, 56, -20)),
    ("FR", "YT", (45, -13.1, 45.4, -12.5)),
    ("NL", "BQ", (-69, 12, -62, 18)),
    ("NO", "SJ", (8, 74, 34, 81)),
    ("NO", "SJ", (-10, 70, -7, 72)),
    ("RU", "UA", (32.4, 44.3, 36.7, 46.3)),
    ("", "CX", (105, -11, 106, -10)),
    ("", "CC", (96, -13, 97, -12)),
)
"""Pieces that have another code than their feature: feature, code, (west, south, east, north)."""

POINTS: Final = {
    "BV": (3.4, -54.4),
    "GI": (-5.35, 36.14),
    "TK": (-171.8, -9.2),
    "TV": (179.2, -8.5),
    "UM": (166.65, 19.3),
}
"""Places too small for the atlas: longitude, latitude. UM is at Wake Island, its northernmost."""

WIDTH: Final = 2000
"""Units from west to east. A unit is a pixel on the widest screen that the pages are made for."""

SMALL: Final = 26.0
"""Countries below this many square units, about 7500 km², get a dot besides their outline."""

SPECK: Final = 5.0
"""Islands below this many square units are left out, save the largest of a country."""

MARGIN: Final = 8
"""Units around the land, for dots and outlines at the edge."""

FINE: Final = 0.8
"""How much of a line's detail goes; see ``thinned``."""


def build(target: Path) -> None:
    """Write the file.

    Raises:
        ValueError: a country has neither outline nor point, or the atlas has one nobody knows.
    """
    (atlas,) = read_members(ATLAS, ("countries-50m.json",))
    (mappings,) = read_members(CLDR, ("supplemental/codeMappings.json",))
    codes = msgspec.json.decode(mappings)["supplemental"]["codeMappings"]
    world = draw(read(msgspec.json.decode(atlas), "countries"), by_number(codes))
    missing = CODES - world.places.keys() - ABSENT
    if missing:
        raise ValueError(f"no place on the map: {', '.join(sorted(missing))}")
    target.write_bytes(msgspec.json.format(msgspec.json.encode(world), indent=1) + b"\n")


def draw(topology: Topology, numbers: dict[str, str]) -> World:
    """Draw every area with a code, cropped to what is drawn.

    Args:
        topology: the atlas, with numbers of ISO 3166 for codes.
        numbers: the alpha-2 code for each number.

    Raises:
        ValueError: a number has no code.
    """
    lines = tuple(tuple(_line(arc)) for arc in topology.arcs)
    rings: dict[str, list[list[Pixel]]] = {}
    for code, pieces in _pieces(topology, numbers).items():
        drawn = [walk(lines, ring) for ring in joined(pieces)]
        drawn.sort(key=extent, reverse=True)
        rings[code] = [drawn[0], *(ring for ring in drawn[1:] if extent(ring) >= SPECK)]
    for code, point in POINTS.items():
        rings.setdefault(code, [_line((point, point))])
    xs = [x for drawn in rings.values() for ring in drawn for x, _ in ring]
    ys = [y for drawn in rings.values() for ring in drawn for _, y in ring]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    return World(
        width=max(xs) - left + MARGIN,
        height=max(ys) - top + MARGIN,
        places={code: _place(rings[code], left, top) for code in sorted(rings)},
    )


def _pieces(topology: Topology, numbers: dict[str, str]) -> dict[str, list[Ring]]:
    pieces: dict[str, list[Ring]] = defaultdict(list)
    for area in topology.areas:
        code = code_of(area, topology, numbers)
        if code and code not in ABSENT:
            pieces[code].extend(area.rings)
    return pieces


def code_of(area: Area, topology: Topology, numbers: dict[str, str]) -> str:
    """Which country an area belongs to; "" for the Siachen Glacier, which several claim."""
    if area.code and area.code not in numbers:
        raise ValueError(f"{area.name}: nobody has the number {area.code}")
    code = numbers.get(area.code) or NAMED.get(area.name, "")
    points = topology.walk(area.rings[0]) if any(code == whole for whole, _, _ in PARTS) else []
    for whole, part, (west, south, east, north) in PARTS:
        if code == whole and all(west < x < east and south < y < north for x, y in points):
            return part
    return code


def _line(arc: tuple[tuple[float, float], ...]) -> list[Pixel]:
    """Project an arc, on the side of the map where most of it is, and thin it."""
    longitudes = [longitude for longitude, _ in arc]
    turns = round(((min(longitudes) + max(longitudes)) / 2 - CENTRE) / 360)
    points = [project(x - 360 * turns, y) for x, y in arc]
    scale = WIDTH / (2 * project(180 + CENTRE, 0)[0])
    return thinned([(x * scale, y * scale) for x, y in points], FINE)


def _place(rings: list[list[Pixel]], left: int, top: int) -> Place:
    moved = [[(x - left, y - top) for x, y in ring] for ring in rings]
    solid = [ring for ring in moved if extent(ring) > 0]
    return Place(
        centre=middle(moved[0]),
        path=path(solid),
        small=sum(map(extent, solid)) < SMALL,
    )


def by_number(codes: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The alpha-2 code for each number of ISO 3166, from the code mappings of the CLDR."""
    return {codes[code]["_numeric"]: code for code in CODES}


if __name__ == "__main__":
    build(Path(__file__).parent / "world.json")
