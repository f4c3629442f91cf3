"""What stands in ``world.json``: written by ``build_world.py``, read by the pages."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, omit_defaults=True):
    """Where a country is.

    Attributes:
        centre: a point inside it, in units of the map.
        path: SVG path data; "" for a country of which nothing would be seen.
        small: it needs a dot to be seen.
    """

    centre: tuple[int, int]
    path: str = ""
    small: bool = False


class World(Struct, frozen=True):
    """The whole map: its size in units, and the places by code (ISO 3166-1 alpha-2, and XK)."""

    width: int
    height: int
    places: dict[str, Place]
