"""The committed outlines can be read."""

from __future__ import annotations

import pytest

from core.web.drawings.atlas import Region, frame, world


def test_the_world_is_read_once() -> None:
    assert world() is world()
    assert world().places["DE"].path.startswith("M")


def test_the_whole_world_is_shown() -> None:
    assert frame(Region.WORLD) == (0, 0, world().width, world().height)


@pytest.mark.parametrize("code", ["IS", "PT", "NO", "FI", "GR", "MT", "CY", "UA", "TR", "IE"])
def test_europe_shows_europe(code: str) -> None:
    left, top, width, height = frame(Region.EUROPE)
    x, y = world().places[code].centre
    assert left < x < left + width
    assert top < y < top + height
