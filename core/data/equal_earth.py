"""The Equal Earth projection: countries keep their true relative size, as a map of counts wants.

Formula: B. Šavrič, T. Patterson and B. Jenny, "The Equal Earth map projection", International
Journal of Geographical Information Science 33(3), 2019. For the builder of the world's outline;
pages never project anything.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

_A1: Final = 1.340264
_A2: Final = -0.081106
_A3: Final = 0.000893
_A4: Final = 0.003796

CENTRE: Final = 11.0
"""The middle meridian. The world is cut in the Bering Strait, so that no country is."""


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return where a place lies on the map: x to the east, y to the south.

    Args:
        longitude: degrees east; beyond 180 for places that continue across the date line.
        latitude: degrees north, -90 to 90.

    Returns:
        Coordinates for a globe of radius 1: x within ±2.71, y within ±1.32.
    """
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = 2 * sqrt(3) / 3 * radians(longitude - CENTRE) * cos(theta) / slope
    y = theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
    return x, -y
