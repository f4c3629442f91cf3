"""Lists of exemptions as files: CSV, one entry a line, and the ``.lst`` files of MagicSpam."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import click

from core.cli.moment import Moment, iso
from core.errors import SettingError

COLUMNS = ("entry", "comment", "expires")
"""Of a CSV file; only the first is needed."""

Entry = dict[str, Any]
"""Plain values of one exemption."""


def read(payload: bytes, comment: str = "") -> list[Entry]:
    """The entries of a file. What they may be is for others to check.

    A line is an entry, or an entry, a comment and an expiry with commas between. Blank lines, and
    lines that begin with ``#`` or ``;``, are passed over; so is a first line with the titles. An
    account may be written ``*@example.test``, which is the domain.

    Args:
        payload: the file.
        comment: for entries that have none.

    Raises:
        SettingError: it is no text, or a line is none of these; the text names the line.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingError(f"the file is no text in UTF-8: {error}") from error
    found: dict[str, Entry] = {}
    for number, cells in _rows(text):
        entry = _entry(number, cells, comment)
        found.setdefault(entry["entry"].lower(), entry)
    return list(found.values())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        cells = [cell.strip() for cell in next(csv.reader([stripped], skipinitialspace=True))]
        if number == 1 and cells[0].lower() == COLUMNS[0]:
            continue
        yield number, cells


def _entry(number: int, cells: list[str], comment: str) -> Entry:
    if len(cells) > len(COLUMNS) or not cells[0]:
        raise SettingError(f"line {number}: expected entry, comment, expiry; found {cells}")
    entry, said, expires = (*cells, "", "")[: len(COLUMNS)]
    found: Entry = {"entry": entry.removeprefix("*@")}
    if said or comment:
        found["comment"] = said or comment
    if expires:
        try:
            found["expires"] = Moment(ahead=True).convert(expires, None, None)
        except click.BadParameter as error:
            raise SettingError(f"line {number}: {error.message}") from error
    return found


def write(entries: Iterable[Entry]) -> str:
    """Entries as CSV that `read` takes back."""
    page = io.StringIO()
    table = csv.writer(page, lineterminator="\n")
    table.writerow(COLUMNS)
    for entry in entries:
        expires = entry.get("expires", 0)
        table.writerow([entry["entry"], entry.get("comment", ""), iso(expires) if expires else ""])
    return page.getvalue()
