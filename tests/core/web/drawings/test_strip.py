"""Strips are divided in proportion."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from core.web.drawings.caption import Caption
from core.web.drawings.scale import Number
from core.web.drawings.strip import share, strip
from tests.core.web.drawings.charts import LAYERS
from tests.core.web.drawings.svg import is_permitted, parse, words


def boxes(tree: ET.Element) -> list[tuple[str | None, str | None]]:
    """Start and width of the parts, without the track below them and samples of a legend."""
    found = [box for box in tree.iter("rect") if (box.get("height") or "").endswith("%")]
    return [(box.get("x"), box.get("width")) for box in found[1:]]


@pytest.mark.parametrize(
    ("values", "whole", "parts"),
    [
        ((1, 1), 4, [("0%", "25%"), ("25%", "25%")]),
        ((0, 3), 4, [("0%", "75%")]),
        ((0, -0.0), 4, []),
        ((0, 0), 0, []),
        ((3, 3), 4, [("0%", "75%"), ("75%", "25%")]),
        ((10**30, 10**30), 2 * 10**30, [("0%", "50%"), ("50%", "50%")]),
    ],
)
def test_parts(values: tuple[Number, ...], whole: Number, parts: list[tuple[str, str]]) -> None:
    svg = parse(strip(LAYERS, values, whole))[0]
    assert boxes(svg) == parts
    assert svg.get("aria-hidden") == "true"


def test_shares_are_said() -> None:
    caption = Caption("s", "Logins", "of a day")
    tree = parse(share(caption, LAYERS, (3, 1), lambda *said: f"{said}"))
    assert is_permitted(tree)
    assert boxes(tree) == [("0%", "75%"), ("75%", "25%")]
    assert words(tree, "span") == ["('in', 3, 0.75)", "('<out>', 1, 0.25)"]


def test_shares_of_nothing() -> None:
    tree = parse(share(Caption("s", "Logins"), LAYERS, (0, 0), lambda *said: f"{said[2]}"))
    assert words(tree, "span") == ["0.0", "0.0"]


@pytest.mark.parametrize("values", [(1,), (1, -1)])
def test_wrong_values_are_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"zip|cannot be drawn"):
        strip(LAYERS, values, 4)
