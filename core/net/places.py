"""How far apart two countries are at least: what a journey between two logins must have covered.

Each country is a few circles that cover all of it, its islands and its parts beyond the sea
included; the list is data, built from Natural Earth by ``core/data/build_places.py``. Where in a
country somebody is, nobody needs to know.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from core.net.globe import EARTH_KM, Vector, angle, vector

Circle = tuple[float, float, int]
"""Latitude and longitude of the middle in degrees, radius in kilometres."""

FILE: Final = Path(__file__).parent.parent / "data" / "places.json"


@cache
def _places() -> dict[str, list[tuple[Vector, int]]]:
    """The circles by code, read when they are first asked for."""
    read = msgspec.json.decode(FILE.read_bytes(), type=dict[str, list[Circle]])
    return {
        code: [(vector(longitude, latitude), radius) for latitude, longitude, radius in circles]
        for code, circles in read.items()
    }


def is_known(country: str) -> bool:
    """Whether it is known where a country is."""
    return country in _places()


@cache
def gap(one: str, two: str) -> int:
    """Kilometres between two countries where they are nearest to each other, and not more.

    Args:
        one, two: ISO 3166-1 alpha-2 codes.

    Returns:
        0 for neighbours, and where it is not known where one of them is.
    """
    places = _places()
    if one == two or one not in places or two not in places:
        return 0
    return int(
        max(
            0.0,
            min(
                angle(a, b) * EARTH_KM - near - far
                for a, near in places[one]
                for b, far in places[two]
            ),
        )
    )
