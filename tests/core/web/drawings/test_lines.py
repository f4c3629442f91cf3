"""Lines go through their values and stop where nothing is known."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from core.web.drawings.lines import lines, spark
from core.web.drawings.tone import Tone
from tests.core.web.drawings.charts import chart
from tests.core.web.drawings.svg import having, is_permitted, parse, words


def traces(tree: ET.Element, look: str = "mw-stroke") -> list[str | None]:
    return [path.get("d") for path in having(tree, look)]


def test_each_layer_is_a_line() -> None:
    tree = parse(lines(chart((10, 0), (5, 2), (0, 10))))
    assert is_permitted(tree)
    assert traces(tree) == ["M0.5 0L1.5 50L2.5 100", "M0.5 100L1.5 80L2.5 0"]
    assert words(tree, "span") == ["in", "<out>"]


def test_gaps_interrupt_the_line() -> None:
    tree = parse(lines(chart((10, 10), (10, 10), None, (10, 10), (10, 10))))
    assert traces(tree)[0] == "M0.5 0L1.5 0M3.5 0L4.5 0"


def test_a_value_alone_is_a_dot() -> None:
    tree = parse(spark([None, 4, None], "four"))
    assert traces(tree, "mw-point") == ["M1.5 0h0"]
    assert traces(tree) == [""]


@pytest.mark.parametrize(
    ("values", "trace"),
    [([], ""), ([None], ""), ([0, 0], "M0.5 100L1.5 100"), ([0, 10**18], "M0.5 100L1.5 0")],
)
def test_sparks_of_all_kinds(values: list[int | None], trace: str) -> None:
    svg = parse(spark(values, 'from "0"', Tone.REFUSED))[0]
    assert traces(svg) == [trace]
    assert (svg.get("role"), svg.get("aria-label")) == ("img", 'from "0"')
    assert having(svg, "mw-stroke-refused")


def test_a_chart_without_columns() -> None:
    tree = parse(lines(chart()))
    assert "unknown" in words(tree, "text")
    assert traces(tree) == ["", ""]


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        spark([1, -1], "x")
