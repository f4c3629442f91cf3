"""How much of a limit is used: a ring that fills, and changes its colour before it is full."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from core.web.drawings.element import element, plain
from core.web.drawings.scale import Number, measured

NEAR: Final = 0.8
"""From this part of the limit on, an account is near it."""


def gauge(used: Number, limit: Number, label: str) -> Markup:
    """Draw the ring; the numbers belong beside it.

    Args:
        used: how much; more than the limit fills the ring.
        limit: how much there may be; with 0 the ring is always full.
        label: what it says: "132 of 150 mails in 5 minutes".

    Raises:
        ValueError: a number cannot be drawn.
    """
    whole = measured(limit)
    part = min(1.0, measured(used) / whole) if whole else 1.0
    return element(
        "svg",
        _ring("mw-track"),
        _ring(f"mw-level mw-level-{level(used, limit)}", part) if part else "",
        role="img",
        aria_label=label,
        focusable="false",
        class_="mw-gauge",
        viewBox="0 0 36 36",
    )


def level(used: Number, limit: Number) -> str:
    """Return how serious it is: ``calm``, ``near`` from four fifths on, ``full`` at the limit."""
    if used >= limit:
        return "full"
    return "near" if used >= NEAR * limit else "calm"


def _ring(look: str, part: float = 1.0) -> Markup:
    """A ring that begins at the top; its length counts as 100."""
    dashes = None if part >= 1 else f"{plain(100 * part)} 100"
    return element(
        "circle",
        class_=look,
        cx=18,
        cy=18,
        r=15,
        pathLength=100,
        stroke_dasharray=dashes,
        transform="rotate(-90 18 18)",
    )
