"""The projection has the size its authors give, and keeps areas."""

from __future__ import annotations

from math import pi, radians, sin

import pytest

from core.data.equal_earth import CENTRE, project


def test_the_equator_is_as_long_as_published() -> None:
    """The paper: the equator is 2.05458 times as long as the height of the map."""
    east, _ = project(CENTRE + 180, 0)
    _, north = project(CENTRE, 90)
    assert east / -north == pytest.approx(2.05458, abs=1e-5)


@pytest.mark.parametrize("latitude", [-70, -30, 0, 45, 80])
def test_areas_are_kept(latitude: float) -> None:
    """A narrow band around a parallel has the area it has on a globe of radius 1."""
    south, north = latitude - 0.01, latitude + 0.01
    on_the_globe = 2 * pi * (sin(radians(north)) - sin(radians(south)))
    width = project(CENTRE + 180, latitude)[0] - project(CENTRE - 180, latitude)[0]
    height = project(CENTRE, south)[1] - project(CENTRE, north)[1]
    assert width * height == pytest.approx(on_the_globe, rel=1e-5)


def test_south_is_down() -> None:
    assert project(CENTRE, -10)[1] > 0 > project(CENTRE, 10)[1]
