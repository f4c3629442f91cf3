"""Bars over time, one for each hour or day, stacked by what became of a question."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from core.web.drawings.chart import HEAD, Chart, plotted
from core.web.drawings.element import element, percent, together
from core.web.drawings.scale import Number, measured, ticks
from core.web.drawings.timeline import Column
from core.web.drawings.tone import layer_legend

WIDEST: Final = 0.06
"""The part of the chart's width that one bar has at most: a single bar should not be a wall."""

LEAST: Final = 1.5
"""Pixels that anything above nought is high: three refusals among a million can be seen."""


def bars(chart: Chart) -> Markup:
    """Draw the chart as stacked bars, with its legend."""
    sums = [sum(map(measured, column.values or ())) for column in chart.columns]
    grid = ticks(max(sums, default=0))
    drawn = (_column(chart, column, place, grid[-1]) for place, column in enumerate(chart.columns))
    parts = [part for column in drawn for part in column]
    return together([plotted(chart, grid, *parts, look="mw-bars"), layer_legend(chart.layers)])


def _column(chart: Chart, column: Column, place: int, top: Number) -> list[Markup]:
    slot = 1 / len(chart.columns)
    width = min(WIDEST, slot * _fullness(len(chart.columns)))
    x = percent((place + 0.5) * slot - width / 2)
    if column.values is None:
        gap = element(
            "rect",
            class_="mw-gap",
            x=percent(place * slot),
            width=percent(slot),
            y=HEAD,
            height=chart.height,
        )
        return [gap]
    floor = float(HEAD + chart.height)
    parts = []
    for layer, value in zip(chart.layers, column.values, strict=True):
        if not value:
            continue
        height = max(LEAST, chart.height_of(value, top))
        floor -= height
        look = f"mw-bar mw-fill-{layer.tone}"
        bar = element("rect", class_=look, x=x, width=percent(width), y=floor, height=height)
        parts.append(bar)
    return parts


def _fullness(count: int) -> float:
    """How much of its slot a bar fills: gaps between hundreds of bars would only flicker."""
    return 0.72 if count <= 60 else 0.86 if count <= 150 else 1
