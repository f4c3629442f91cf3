"""A table in order of size, with a bar under each name: the busiest networks, the most targeted."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from msgspec import Struct

from core.web.drawings.element import element
from core.web.drawings.scale import Number, measured
from core.web.drawings.strip import strip
from core.web.drawings.tone import Layer


class Rank(Struct, frozen=True):
    """One row.

    Attributes:
        name: of whatever is counted; comes from outside, in any script.
        values: one for each layer.
        note: smaller, behind the name: a network's owner, a country's code.
        href: where the name leads, None for nowhere.
        marked: belongs to the server or to the choice that the page is about.
    """

    name: str
    values: tuple[Number, ...]
    note: str = ""
    href: str | None = None
    marked: bool = False


class Ranking(Struct, frozen=True):
    """Everything that the table shows.

    Attributes:
        title: what it is, for a screen reader.
        heads: of the names, of the numbers, of the parts of the whole; without a third there is no
            such column.
        layers: what is counted, from the start of the bar.
        rows: in the order that they are shown in.
        number: writes a count.
        part: writes a part of one as a percentage.
        nothing: stands in a table without rows.
        whole: what the parts are parts of, where the rows are not everything; 0 for their sum.
    """

    title: str
    heads: tuple[str, ...]
    layers: tuple[Layer, ...]
    rows: tuple[Rank, ...]
    number: Callable[[Number], str]
    part: Callable[[float], str] = str
    nothing: str = ""
    whole: Number = 0


def ranking(chart: Ranking) -> Markup:
    """Draw the table.

    Raises:
        ValueError: a row has another number of values than there are layers, or a value that
            cannot be drawn.
    """
    sums = [sum(map(measured, row.values)) for row in chart.rows]
    most, whole = max(sums, default=0), chart.whole or sum(sums)
    rows = [
        _row(chart, row, most, value, value / whole if whole else 0.0)
        for row, value in zip(chart.rows, sums, strict=True)
    ]
    if not rows:
        rows = [element("tr", element("td", chart.nothing, colspan=len(chart.heads)))]
    head = (
        element("th", text, scope="col", class_="mw-number" if place else None)
        for place, text in enumerate(chart.heads)
    )
    return element(
        "table",
        element("caption", chart.title, class_="visually-hidden"),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_="table table-sm mw-table mw-ranking",
    )


def _row(chart: Ranking, row: Rank, most: Number, value: Number, part: float) -> Markup:
    name = element("bdi", row.name)
    first = element(
        "th",
        element("a", name, href=row.href) if row.href is not None else name,
        element("small", element("bdi", row.note), class_="mw-note") if row.note else "",
        strip(chart.layers, row.values, most),
        scope="row",
    )
    cells = [chart.number(value), chart.part(part)][: len(chart.heads) - 1]
    return element(
        "tr",
        first,
        *(element("td", cell, class_="mw-number") for cell in cells),
        class_="mw-marked" if row.marked else None,
    )
