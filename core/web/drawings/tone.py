"""The colours of meanings; ``static/drawings.css`` gives each a look in light and dark."""

from __future__ import annotations

from enum import StrEnum

from markupsafe import Markup
from msgspec import Struct

from core.web.drawings.element import element


class Tone(StrEnum):
    """What a mark stands for. PLAIN counts without judging."""

    PLAIN = "plain"
    ALLOWED = "allowed"
    WATCHED = "watched"
    REFUSED = "refused"
    BLOCKED = "blocked"


class Layer(Struct, frozen=True):
    """One of the things that are counted: how it looks, and its name in the visitor's language."""

    tone: Tone
    name: str


def swatch(look: str, *parts: Markup) -> Markup:
    """Return a small sample for a legend.

    Args:
        look: class of the square; "" for none.
        parts: what lies over it, drawn in 16 by 16 units.
    """
    square = element("rect", class_=look, x=1, y=1, width=14, height=14, rx=3) if look else ""
    return element(
        "svg",
        square,
        *parts,
        class_="mw-swatch",
        viewBox="0 0 16 16",
        aria_hidden="true",
        focusable="false",
    )


def legend(entries: list[tuple[Markup, str]]) -> Markup:
    """Return the key of a drawing: samples and what they mean."""
    items = (element("li", sample, element("span", text)) for sample, text in entries)
    return element("ul", *items, class_="mw-legend", role="list")


def layer_legend(layers: tuple[Layer, ...]) -> Markup:
    """Return the key of stacked layers, from the bottom up."""
    return legend([(swatch(f"mw-fill-{layer.tone}"), layer.name) for layer in layers])
