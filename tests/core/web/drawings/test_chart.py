"""Axes, tooltips and tables say the same as the bars."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.web.drawings.chart import chart_table, plotted, tooltip
from tests.core.web.drawings.charts import START, chart
from tests.core.web.drawings.svg import having, is_permitted, parse, words


def test_the_table_has_everything() -> None:
    tree = parse(chart_table(chart((1, 2), None, (-0.0, 10**15))))
    assert is_permitted(tree)
    assert words(tree, "th") == ["when", "in", "<out>", "<14 00:00>", "<14 01:00>", "<14 02:00>"]
    assert words(tree, "td") == ["n1", "n2", "unknown", "unknown", "n0.0", f"n{10**15}"]
    assert words(tree, "caption") == ["Logins"]


def test_the_table_has_the_links_of_the_drawing() -> None:
    made = chart((1, 2), (3, 4), link=lambda when: "log?h=1" if when > START else None)
    for markup in (chart_table(made), plotted(made, [0, 1], look="x")):
        assert [link.get("href") for link in parse(markup).iter("a")] == ["log?h=1"]


@pytest.mark.parametrize(
    ("values", "text"),
    [((1, 2), "<14 00:00>\nin: n1\n<out>: n2"), (None, "<14 00:00>\nunknown")],
)
def test_tooltips(values: tuple[int, ...] | None, text: str) -> None:
    made = chart(values)
    assert tooltip(made, made.columns[0]) == text
    assert text in words(parse(plotted(made, [0, 1], look="x")), "title")


def test_the_axis_has_its_numbers_at_their_height() -> None:
    tree = parse(plotted(chart((1, 2)), [0, 5, 10], look="x"))
    numbers = {text.text: text.get("y") for text in tree.iter("text") if text.get("x") == "-8"}
    assert numbers == {"n0": "112", "n5": "62", "n10": "12"}


@pytest.mark.parametrize(("highest", "room"), [(1, 2), (100, 4), (10**6, 8), (10**30, 12)])
def test_long_numbers_get_room(highest: int, room: int) -> None:
    tree = parse(plotted(chart((1, 2)), [0, highest], look="x"))
    assert having(tree, f"mw-room-{room}")


def test_narrow_screens_show_fewer_moments() -> None:
    tree = parse(plotted(chart(*[(1, 1)] * 24), [0, 2], look="x"))
    assert [len(having(tree, f"mw-tick-{rank}")) for rank in (1, 2, 3)] == [2, 2, 4]


@pytest.mark.parametrize(("count", "ranks"), [(1, [1, 0]), (3, [3, 0]), (5, [3, 2])])
def test_few_moments_are_shown_everywhere(count: int, ranks: list[int]) -> None:
    tree = parse(plotted(chart(*[(1, 1)] * count), [0, 2], look="x"))
    assert [len(having(tree, f"mw-tick-{rank}")) for rank in (1, 2)] == ranks


def test_without_columns_it_says_so() -> None:
    assert "unknown" in words(parse(plotted(chart(), [0, 1], look="x")), "text")


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (1, -1), (1, float("nan"))])
def test_wrong_columns_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"values are wanted|cannot be drawn"):
        chart(values)


def test_columns_share_the_width() -> None:
    hits = having(parse(plotted(chart(*[(1, 1)] * 8), [0, 2], look="x")), "mw-hit")
    assert [hit.get("x") for hit in hits][:3] == ["0%", "12.5%", "25%"]
    assert {hit.get("width") for hit in hits} == {"12.5%"}


def test_the_step_between_columns_does_not_matter() -> None:
    columns = tuple(column for column in chart((1, 1), (2, 2)).columns)
    assert columns[1].when - columns[0].when == timedelta(hours=1)
