"""Lines over time, one for each layer, for what does not add up; and a spark for a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from core.web.drawings.chart import HEAD, Chart, plotted
from core.web.drawings.element import element, plain, together
from core.web.drawings.scale import Number, measured, ticks
from core.web.drawings.tone import Tone, layer_legend

Known = Sequence[Number | None]


def lines(chart: Chart) -> Markup:
    """Draw the chart as one line for each layer, with its legend; where nothing is known, none."""
    highest = max(
        (max(map(measured, column.values)) for column in chart.columns if column.values), default=0
    )
    grid = ticks(highest)
    drawn = []
    for number, layer in enumerate(chart.layers):
        values = [column.values[number] if column.values else None for column in chart.columns]
        drawn.append(_trace(values, grid[-1], layer.tone))
    inner = element(
        "svg",
        *drawn,
        x=0,
        y=HEAD,
        width="100%",
        height=chart.height,
        viewBox=f"0 0 {max(1, len(chart.columns))} 100",
        preserveAspectRatio="none",
        class_="mw-traces",
    )
    return together([plotted(chart, grid, inner, look="mw-lines"), layer_legend(chart.layers)])


def spark(values: Known, label: str, tone: Tone = Tone.PLAIN) -> Markup:
    """Draw a small line without axes, for a row of a table or a number on the overview.

    Args:
        values: in the order of time; None where nothing is known.
        label: what it says: "logins of the last 24 hours, from 12 to 140".
        tone: its colour.
    """
    top = max((measured(value) for value in values if value is not None), default=0) or 1
    return element(
        "svg",
        _trace(values, top, tone),
        role="img",
        aria_label=label,
        focusable="false",
        class_="mw-spark",
        viewBox=f"0 0 {max(1, len(values))} 100",
        preserveAspectRatio="none",
    )


def _trace(values: Known, top: Number, tone: Tone) -> Markup:
    """A line and the light area below it. A value alone between gaps becomes a dot."""
    strokes, areas, dots = [], [], []
    numbered = enumerate(values)
    for known, group in groupby(numbered, key=lambda pair: pair[1] is not None):
        if not known:
            continue
        points = [(place + 0.5, 100 - 100 * (measured(value or 0) / top)) for place, value in group]
        steps = "L".join(f"{plain(x)} {plain(y)}" for x, y in points)
        if len(points) == 1:
            dots.append(f"M{steps}h0")
            continue
        strokes.append(f"M{steps}")
        areas.append(f"M{plain(points[0][0])} 100L{steps}L{plain(points[-1][0])} 100z")
    return element(
        "g",
        element("path", class_=f"mw-area mw-fill-{tone}", d="".join(areas)),
        element("path", class_=f"mw-stroke mw-stroke-{tone}", d="".join(strokes)),
        element("path", class_=f"mw-point mw-stroke-{tone}", d="".join(dots)) if dots else "",
    )
