"""Bars are as high as their values, and stand on each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.drawings.bars import LEAST, bars
from core.web.drawings.chart import HEAD
from tests.core.web.drawings.charts import chart
from tests.core.web.drawings.svg import having, is_permitted, parse, words

COUNTS = st.tuples(st.integers(0, 10**18), st.integers(0, 10**18))


def test_bars_are_stacked_in_proportion() -> None:
    tree = parse(bars(chart((30, 10), (0, 20))))
    sizes = [(bar.get("y"), bar.get("height")) for bar in having(tree, "mw-bar")]
    floor = HEAD + 100
    assert sizes == [
        (f"{floor - 75}", "75"),
        (f"{floor - 100}", "25"),
        (f"{floor - 50}", "50"),
    ]
    assert words(tree, "span") == ["in", "<out>"]


def test_three_among_a_million_can_be_seen() -> None:
    tree = parse(bars(chart((1_000_000, 3))))
    _, refused = having(tree, "mw-bar")
    assert refused.get("height") == f"{LEAST}"


def test_nothing_is_not_unknown() -> None:
    tree = parse(bars(chart((0, -0.0), None)))
    assert having(tree, "mw-bar") == []
    (gap,) = having(tree, "mw-gap")
    assert (gap.get("x"), gap.get("width")) == ("50%", "50%")


def test_a_single_bar_is_not_a_wall() -> None:
    (bar,) = having(parse(bars(chart((1, 0)))), "mw-bar")
    assert (bar.get("x"), bar.get("width")) == ("47%", "6%")


@pytest.mark.parametrize("count", [0, 1, 60, 150, 400])
def test_any_number_of_bars_fits(count: int) -> None:
    tree = parse(bars(chart(*[(1, 1)] * count)))
    assert is_permitted(tree)
    starts = [float((bar.get("x") or "").rstrip("%")) for bar in having(tree, "mw-bar")]
    assert len(starts) == 2 * count
    assert all(0 <= start < 100 for start in starts)


@given(st.lists(st.one_of(st.none(), COUNTS), max_size=8))
def test_no_bar_leaves_the_drawing(values: list[tuple[int, int] | None]) -> None:
    for bar in having(parse(bars(chart(*values))), "mw-bar"):
        assert float(bar.get("y") or -1) >= HEAD - 2 * LEAST
        assert float(bar.get("height") or 0) >= LEAST
