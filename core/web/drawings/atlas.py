"""The outlines of the countries, as ``core/data/build_world.py`` wrote them; read once."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

import core.data
from core.data.world import World


class Region(StrEnum):
    """The part of the map that is shown."""

    WORLD = "world"
    EUROPE = "europe"


def frame(region: Region) -> tuple[int, int, int, int]:
    """Return what of the map is shown: left, top, width, height in units."""
    if region is Region.EUROPE:
        return _EUROPE
    return (0, 0, world().width, world().height)


_EUROPE: Final = (745, 36, 420, 234)
"""From Iceland to the Caspian Sea, from the North Cape to Crete."""


@cache
def world() -> World:
    """Return the map."""
    path = Path(core.data.__file__).parent / "world.json"
    return msgspec.json.decode(path.read_bytes(), type=World)
