"""What a drawing is called, for people who cannot see it, and the frame that says so."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from core.web.drawings.element import Value, element

_IDENT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Caption(Struct, frozen=True):
    """The words of a drawing, in the visitor's language.

    Attributes:
        ident: begins the ids inside the drawing; another one for each drawing on a page.
        title: what it is: "Logins by country".
        desc: what is to be seen: "Most from Germany, 1,234 of 2,000".

    Raises:
        ValueError: the ident cannot be an id.
    """

    ident: str
    title: str
    desc: str = ""

    def __post_init__(self) -> None:
        if not _IDENT.fullmatch(self.ident):
            raise ValueError(f"{self.ident!r} cannot begin an id")


def canvas(caption: Caption, *children: str, links: bool = False, **attributes: Value) -> Markup:
    """Return an SVG that is one picture to a screen reader.

    Args:
        caption: its name and description.
        children: the drawing.
        links: parts can be clicked. An image may hold none, so it is a group whose inside is
            hidden; the table beside the drawing has the same links, for the keyboard too.
        attributes: more attributes, e.g. viewBox.
    """
    title, desc = f"{caption.ident}-title", f"{caption.ident}-desc"
    words = [element("title", caption.title, id=title)]
    if caption.desc:
        words.append(element("desc", caption.desc, id=desc))
    return element(
        "svg",
        *words,
        element("g", *children, aria_hidden="true"),
        role="group" if links else "img",
        aria_labelledby=f"{title} {desc}" if caption.desc else title,
        focusable="false",
        **attributes,
    )


def linked(href: str | None, *children: str) -> Markup:
    """Return parts of a drawing as a link for the pointer; without an address, as a group."""
    if href is None:
        return element("g", *children)
    return element("a", *children, href=href, tabindex=-1)


def figure(drawing: str, table: str, summary: str) -> Markup:
    """Return a drawing with its table, which opens on a click.

    Args:
        drawing: markup of a drawing, its legend included.
        table: markup of the same data.
        summary: "Show as a table".
    """
    details = element(
        "details",
        element("summary", summary),
        element("div", table, class_="mw-scroll", tabindex=0, role="group", aria_label=summary),
        class_="mw-data",
    )
    return element("figure", drawing, details, class_="mw-figure")
