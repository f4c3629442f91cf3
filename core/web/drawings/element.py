"""Writes one element of HTML or SVG, so that nothing in a drawing can be left unescaped.

A style attribute cannot be written: the pages' Content-Security-Policy forbids it, and the look of
everything is in ``static/drawings.css``.
"""

from __future__ import annotations

from markupsafe import Markup, escape

Value = str | int | float | bool | None


def element(name: str, *children: str, **attributes: Value) -> Markup:
    """Return ``<name attributes>children</name>``, escaped.

    Args:
        name: of the element.
        children: text, which is escaped, or markup, which is not.
        attributes: ``class_`` is class, ``aria_hidden`` is aria-hidden; None and False are left
            out, True is an attribute without a value; fractions are cut to two places.

    Raises:
        ValueError: a style attribute.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{written}>{together(children)}</{name}>")  # noqa: S704  escaped above


def together(parts: tuple[str, ...] | list[str]) -> Markup:
    """Return parts one after the other, text escaped."""
    return Markup("").join(parts)


def plain(value: float) -> str:
    """Return a coordinate as SVG likes it: two places at most, no trailing noughts, no ``-0``.

    >>> plain(12.0), plain(1 / 3), plain(-0.001)
    ('12', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(fraction: float) -> str:
    """Return a part of one as a percentage for an attribute, e.g. ``12.5%``."""
    return f"{plain(100 * fraction)}%"


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if name == "style":
        raise ValueError("a style attribute would be blocked by the pages' policy")
    if value is True:
        return f" {name}"
    text = plain(value) if isinstance(value, float) else escape(value)
    return f' {name}="{text}"'
