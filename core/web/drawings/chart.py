"""A chart over time: what bars and lines have in common, which is the axes, the legend, the table.

Widths are percentages and heights are pixels, so the chart is as wide as its place on the page and
its letters are as large as the page's, on a telephone and on a wall.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from core.web.drawings.caption import Caption, canvas, linked
from core.web.drawings.element import element, percent
from core.web.drawings.scale import Number, measured
from core.web.drawings.timeline import Column, marks
from core.web.drawings.tone import Layer

HEAD: Final = 8
"""Pixels above the highest line, for half of a letter."""

FOOT: Final = 24
"""Pixels below the lowest line, for the names of moments."""


class ChartWords(Struct, frozen=True):
    """How a chart writes, in the visitor's language.

    Attributes:
        number: a count.
        moment: a column's time in full, for tooltips and the table.
        tick: a column's time in short, for the axis.
        time: the head of the table's first column.
        unknown: stands where nothing is known.
    """

    number: Callable[[Number], str]
    moment: Callable[[datetime], str]
    tick: Callable[[datetime], str]
    time: str
    unknown: str


class Chart(Struct, frozen=True):
    """Everything that a chart over time shows.

    Attributes:
        caption, words: what is said.
        layers: what is counted, from the bottom up.
        columns: in the order of time, without holes.
        height: of the drawing between its axes, in pixels.
        link: moment to an address, or None for no link.

    Raises:
        ValueError: a column has another number of values than there are layers, or a value that
            cannot be drawn.
    """

    caption: Caption
    words: ChartWords
    layers: tuple[Layer, ...]
    columns: tuple[Column, ...]
    height: int = 160
    link: Callable[[datetime], str | None] | None = None

    def __post_init__(self) -> None:
        for column in self.columns:
            if column.values is not None and len(column.values) != len(self.layers):
                raise ValueError(f"{column.when}: {len(self.layers)} values are wanted")
            for value in column.values or ():
                measured(value)

    def height_of(self, value: Number, top: Number) -> float:
        """Return how many pixels a value is high."""
        return self.height * (value / top)


def plotted(chart: Chart, grid: list[Number], *drawing: str, look: str) -> Markup:
    """Return a drawing between its axes.

    Args:
        chart: what is drawn.
        grid: the numbers of the axis, the top one last.
        drawing: the bars or lines.
        look: class of the whole.
    """
    labels = [chart.words.number(tick) for tick in grid]
    # Numbers of the axis stand left of the picture, in a margin that suits the longest of them.
    room = min(12, -(-max(map(len, labels)) // 2) * 2)
    return canvas(
        chart.caption,
        *_grid(chart, grid, labels),
        *drawing,
        *_hits(chart),
        *(_moments(chart) if chart.columns else [_nothing(chart)]),
        links=chart.link is not None,
        class_=f"mw-chart {look} mw-room-{room}",
        width="100%",
        height=HEAD + chart.height + FOOT,
    )


def tooltip(chart: Chart, column: Column) -> str:
    """Return what a column says when it is pointed at."""
    words = chart.words
    if column.values is None:
        return f"{words.moment(column.when)}\n{words.unknown}"
    pairs = zip(chart.layers, column.values, strict=True)
    lines = [f"{layer.name}: {words.number(measured(value))}" for layer, value in pairs]
    return "\n".join([words.moment(column.when), *lines])


def chart_table(chart: Chart) -> Markup:
    """Return the same data as a table."""
    words = chart.words
    names = (words.time, *(layer.name for layer in chart.layers))
    looks = (None, *("mw-number" for _ in chart.layers))
    pairs = zip(names, looks, strict=True)
    head = (element("th", name, scope="col", class_=look) for name, look in pairs)
    return element(
        "table",
        element("caption", chart.caption.title, class_="visually-hidden"),
        element("thead", element("tr", *head)),
        element("tbody", *(_row(chart, column) for column in chart.columns)),
        class_="table table-sm mw-table",
    )


def _row(chart: Chart, column: Column) -> Markup:
    words = chart.words
    name: str = words.moment(column.when)
    href = chart.link(column.when) if chart.link else None
    if href is not None:
        name = element("a", name, href=href)
    values = column.values or (None,) * len(chart.layers)
    cells = (words.unknown if value is None else words.number(measured(value)) for value in values)
    return element(
        "tr",
        element("th", name, scope="row"),
        *(element("td", cell, class_="mw-number") for cell in cells),
    )


def _grid(chart: Chart, grid: list[Number], labels: list[str]) -> list[Markup]:
    lines = []
    for tick, label in zip(grid, labels, strict=True):
        y = HEAD + chart.height - chart.height_of(tick, grid[-1])
        look = "mw-grid" if tick else "mw-base"
        lines.append(element("line", class_=look, x1=0, x2="100%", y1=y, y2=y))
        lines.append(element("text", label, class_="mw-tick", x=-8, y=y + 4, text_anchor="end"))
    return lines


def _hits(chart: Chart) -> list[Markup]:
    """The whole height of a column can be pointed at, also where its bar is short."""
    count = len(chart.columns)
    hits = []
    for place, column in enumerate(chart.columns):
        box = element(
            "rect",
            element("title", tooltip(chart, column)),
            class_="mw-hit",
            x=percent(place / count),
            width=percent(1 / count),
            y=0,
            height=HEAD + chart.height,
        )
        hits.append(linked(chart.link(column.when), box) if chart.link else box)
    return hits


def _moments(chart: Chart) -> list[Markup]:
    """Names of moments; on narrow screens every second or only every fourth is shown."""
    moments = [column.when for column in chart.columns]
    texts = []
    named = marks(moments)
    for number, place in enumerate(named):
        rank = _rank(number, len(named))
        middle = (place + 0.5) / len(moments)
        anchor = "start" if middle < 0.06 else "end" if middle > 0.94 else "middle"
        text = element(
            "text",
            chart.words.tick(moments[place]),
            class_=f"mw-tick mw-tick-{rank}",
            x=percent(middle),
            y=HEAD + chart.height + 17,
            text_anchor=anchor,
        )
        texts.append(text)
    return texts


def _rank(number: int, count: int) -> int:
    """From which width on a name is shown: 1 always, 3 only on the widest screens."""
    if count <= 3:
        return 1
    if count <= 5:
        return 1 + number % 2
    return 1 if number % 4 == 0 else 2 if number % 2 == 0 else 3


def _nothing(chart: Chart) -> Markup:
    return element(
        "text",
        chart.words.unknown,
        class_="mw-tick",
        x="50%",
        y=HEAD + chart.height / 2,
        text_anchor="middle",
    )
