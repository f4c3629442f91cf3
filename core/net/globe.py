"""Points on a globe and the angle between them."""

from __future__ import annotations

from math import asin, atan2, cos, hypot, radians, sin
from math import degrees as _degrees
from typing import Final

EARTH_KM: Final = 6371.0
"""Mean radius of the earth; kilometres for one unit of angle."""

Vector = tuple[float, float, float]
"""A place, as a point on a globe of radius 1."""


def vector(longitude: float, latitude: float) -> Vector:
    """The point at a place, given in degrees."""
    east, north = radians(longitude), radians(latitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def degrees(point: Vector) -> tuple[float, float]:
    """Longitude and latitude of a point."""
    x, y, z = point
    return _degrees(atan2(y, x)), _degrees(asin(max(-1.0, min(1.0, z))))


def angle(one: Vector, two: Vector) -> float:
    """The angle between two points as seen from the middle, 0 to pi."""
    a, b, c = one
    x, y, z = two
    crossed = hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return atan2(crossed, a * x + b * y + c * z)  # exact for near and for opposite points
