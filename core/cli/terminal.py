"""What commands print: text, tables and JSON, on a terminal of any width and in a pipe.

Whatever comes from outside passes `printable`: a login name must not command a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, Literal

import click
import msgspec

from core.desk.text import printable
from core.store.text import one_line

Colour = Literal["green", "red", "yellow", "cyan"]

PIPE_WIDTH = 10_000
"""Columns of a table that nobody looks at: nothing is cut or folded for a program."""


NARROWEST = 16
"""Columns that a folded cell has at least."""


def say(text: str = "") -> None:
    """Print to standard output."""
    click.echo(text)


def remark(text: str) -> None:
    """Print beside the result: to standard error, where a pipe does not take it along."""
    click.echo(text, err=True)


def emit(value: object) -> None:
    """Print a document for programs: indented JSON."""
    click.echo(msgspec.json.format(_json(value), indent=2))


def emit_line(value: object) -> None:
    """Print one JSON document on one line (JSON Lines)."""
    click.echo(_json(value))


def _json(value: object) -> str:
    return one_line(msgspec.json.encode(value).decode())


def paint(text: str, colour: Colour) -> str:
    """The text in a colour, where that is wanted (no-color.org) and somebody sees it."""
    return click.style(text, fg=colour) if _in_colour() else text


def _in_colour() -> bool:
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Collection[str] = (),
    fold: Collection[str] = (),
    colours: Mapping[str, Mapping[str, Colour]] | None = None,
) -> None:
    """Print a table as wide as the terminal. Nothing is cut: long cells fold, and where there is
    no room even for that, lines are longer than the terminal is wide.

    Args:
        columns: titles; of each, its column is as wide as it needs.
        rows: cells; they are printed with `str`.
        right: titles of the columns that are set flush right.
        fold: titles of the columns whose cells may fold.
        colours: of a column, by the cell's text.
    """
    # Half of a small verb's start would go into loading it.
    from rich.console import Console  # noqa: PLC0415
    from rich.measure import Measurement  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for title in columns:
        folds = title in fold
        grid.add_column(
            title,
            overflow="fold",
            no_wrap=not folds,
            min_width=NARROWEST if folds else None,
            justify="right" if title in right else "left",
        )
    palettes = [(colours or {}).get(title, {}) for title in columns]
    for row in rows:
        cells = zip(map(str, row), palettes, strict=True)
        grid.add_row(*(Text(printable(cell), palette.get(cell, "")) for cell, palette in cells))
    page = StringIO()
    console = Console(
        file=page,
        width=None if sys.stdout.isatty() else PIPE_WIDTH,
        force_terminal=_in_colour(),
        color_system="standard" if _in_colour() else None,
        highlight=False,
    )
    unlimited = console.options.update_width(PIPE_WIDTH)
    console.width = max(console.width, Measurement.get(console, unlimited, grid).minimum)
    console.print(grid)
    click.echo("\n".join(line.rstrip() for line in page.getvalue().splitlines()))
