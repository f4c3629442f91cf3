"""A report as paragraphs and tables, and how that is written as plain text and as HTML.

Both show the same. The HTML needs nothing from elsewhere: no picture, no script, no style sheet,
and no colour, so that it is readable on any background.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from msgspec import Struct

WIDTH: Final = 76
"""Letters of a line of plain text (RFC 5322 2.1.1 recommends 78); a long word stays whole."""

_CELL: Final = "padding:0.2em 1em 0.2em 0;vertical-align:top;text-align:"


class Link(Struct, frozen=True):
    """A link: what it is called, and where it leads (http or https)."""

    text: str
    address: str


class Table(Struct, frozen=True):
    """A table.

    Attributes:
        columns: what the columns are called.
        rows: a text for each column.
        numbers: which columns hold numbers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


class Section(Struct, frozen=True, kw_only=True):
    """A part of a report.

    Attributes:
        title: its heading.
        lines: its paragraphs.
        points: a list after them.
        table: a table after that.
        after: paragraphs after the table.
        link: where there is more.
    """

    title: str
    lines: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    after: tuple[str, ...] = ()
    link: Link | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A whole mail.

    Attributes:
        language: ISO 639-1.
        subject: of the mail, and the title of its HTML.
        lines: its first paragraphs.
        sections: its parts.
        foot: its last paragraphs.
    """

    language: str
    subject: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...] = ()
    foot: tuple[str, ...] = ()


def plain(document: Document) -> str:
    """The document as plain text."""
    blocks = [*map(_paragraph, document.lines)]
    for section in document.sections:
        blocks.append(f"{section.title}\n{'-' * min(len(section.title), WIDTH)}")
        blocks += map(_paragraph, section.lines)
        if section.points:
            blocks.append("\n".join(map(_point, section.points)))
        if section.table is not None:
            blocks.append("\n".join(_rows(section.table)))
        blocks += map(_paragraph, section.after)
        if section.link is not None:
            blocks.append(f"{section.link.text}: {section.link.address}")
    if document.foot:
        blocks.append("-" * WIDTH)
        blocks += map(_paragraph, document.foot)
    return "\n\n".join(blocks) + "\n"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _point(text: str) -> str:
    wrapped = textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "  * " + "\n    ".join(wrapped)


def _rows(table: Table) -> Iterator[str]:
    everything = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in everything) for place in range(len(table.columns))]
    for row in everything:
        cells = [
            cell.rjust(width) if place in table.numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()


def html(document: Document) -> str:
    """The document as HTML, everything escaped."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(document.language)}">',
        '<head>\n<meta charset="utf-8">\n<meta name="color-scheme" content="light dark">',
        f"<title>{escape(document.subject)}</title>\n</head>",
        '<body style="font-family:sans-serif;line-height:1.4;max-width:44em">',
        *_paragraphs(document.lines),
    ]
    for section in document.sections:
        parts.append(f'<h2 style="font-size:1.15em">{escape(section.title)}</h2>')
        parts += _paragraphs(section.lines)
        if section.points:
            points = "\n".join(f"<li>{escape(point)}</li>" for point in section.points)
            parts.append(f"<ul>\n{points}\n</ul>")
        if section.table is not None:
            parts += _table(section.table)
        parts += _paragraphs(section.after)
        if section.link is not None:
            address, text = escape(section.link.address), escape(section.link.text)
            parts.append(f'<p><a href="{address}">{text}</a></p>')
    if document.foot:
        parts += ["<hr>", *_paragraphs(document.foot)]
    return "\n".join([*parts, "</body>\n</html>\n"])


def _paragraphs(lines: Sequence[str]) -> list[str]:
    return [f"<p>{escape(each)}</p>" for each in lines]


def _table(table: Table) -> Iterator[str]:
    yield '<table style="border-collapse:collapse">'
    yield f"<thead>{_html_row(table, table.columns, 'th')}</thead>"
    yield "<tbody>"
    for row in table.rows:
        yield _html_row(table, row, "td")
    yield "</tbody>\n</table>"


def _html_row(table: Table, cells: Sequence[str], tag: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    sides = ["right" if place in table.numbers else "left" for place in range(len(cells))]
    return "<tr>{}</tr>".format(
        "".join(
            f'<{tag}{scope} style="{_CELL}{side}">{escape(cell)}</{tag}>'
            for cell, side in zip(cells, sides, strict=True)
        )
    )
