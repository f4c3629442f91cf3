"""One bar divided into parts: under a name in a table, or on its own with what each part is."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from core.web.drawings.caption import Caption, canvas
from core.web.drawings.element import element, percent, together
from core.web.drawings.scale import Number, measured
from core.web.drawings.tone import Layer, legend, swatch

Values = tuple[Number, ...]


def strip(layers: tuple[Layer, ...], values: Values, whole: Number) -> Markup:
    """Draw a thin bar beside a number that says the same; a screen reader passes over it.

    Args:
        layers, values: the parts, from the start.
        whole: what would fill the bar: the largest sum of the table.

    Raises:
        ValueError: there are more or fewer values than layers, or one cannot be drawn.
    """
    return element(
        "svg",
        *_parts(layers, values, whole),
        class_="mw-strip",
        aria_hidden="true",
        focusable="false",
    )


def share(
    caption: Caption,
    layers: tuple[Layer, ...],
    values: Values,
    say: Callable[[str, Number, float], str],
) -> Markup:
    """Draw what parts a whole has, with its legend, which holds the numbers and is its table.

    Args:
        caption: the words for the drawing.
        layers, values: the parts, from the start.
        say: name, value and part of one to an entry of the legend, "allowed: 1,234 (98.2 %)".

    Raises:
        ValueError: there are more or fewer values than layers, or one cannot be drawn.
    """
    whole = sum(map(measured, values))
    drawing = canvas(caption, *_parts(layers, values, whole), class_="mw-strip mw-share")
    entries = [
        (swatch(f"mw-fill-{layer.tone}"), say(layer.name, value, value / whole if whole else 0.0))
        for layer, value in zip(layers, map(measured, values), strict=True)
    ]
    return together([drawing, legend(entries)])


def _parts(layers: tuple[Layer, ...], values: Values, whole: Number) -> list[Markup]:
    drawn = [element("rect", class_="mw-track", width="100%", height="100%")]
    start = 0.0
    for layer, value in zip(layers, map(measured, values), strict=True):
        if not value:
            continue
        part = min(1 - start, value / whole) if whole else 0.0
        look = f"mw-fill-{layer.tone}"
        box = element("rect", class_=look, x=percent(start), width=percent(part), height="100%")
        drawn.append(box)
        start += part
    return drawn
