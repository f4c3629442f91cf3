"""Lists of exemptions as files: CSV, one entry a line, ``.lst`` of MagicSpam, and the lists of
other programs (`core.desk.entry_foreign`). Says what is in a file; whether an entry is legal is for
others to check.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from core.desk import entry_foreign, moment
from core.desk.entry import Entry, spelled
from core.desk.entry_foreign import Passed, Row
from core.errors import SettingError
from core.settings.fields import ASN

COLUMNS: Final = ("entry", "comment", "expires")
"""Of a CSV file; only the first is needed."""


_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First letters by which a spreadsheet takes a text for a formula (OWASP, CSV Injection)."""


class Form(StrEnum):
    """How a file is written."""

    CSV = "csv"
    LINES = "lines"
    LST = "lst"
    SPAMASSASSIN = "spamassassin"


class Line(Struct, frozen=True):
    """An entry and where it stood.

    Attributes:
        number: of its line, from 1 on.
        entry: what it says.
    """

    number: int
    entry: Entry


class Fault(Struct, frozen=True):
    """A line that says nothing that could be taken.

    Attributes:
        number: of the line, from 1 on; 0 for the file as a whole.
        text: what is wrong.
    """

    number: int
    text: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.text}" if self.number else self.text


class EntryFile(Struct, frozen=True):
    """What is in a file.

    Attributes:
        lines: the entries, each thing once.
        faults: the lines that are none.
        passed: what was passed over although it is no fault, and why.
        twice: how many lines say what an earlier one says.
    """

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    passed: tuple[Fault, ...] = ()
    twice: int = 0


def read(
    payload: bytes, name: str = "exempt.addresses", comment: str = "", origin: str = ""
) -> EntryFile:
    """The entries of a file in any of the forms.

    A line is an entry, or an entry, a comment and an expiry with commas, semicolons or tabs
    between, or an entry and a comment behind a ``#``. Blank lines, and lines that begin with ``#``
    or ``;``, are passed over; so is a first line with the titles. An account may be written
    ``*@example.test``, which is the domain. Of other programs' lists (`core.desk.entry_foreign`)
    is taken what fits.

    Args:
        payload: the file.
        name: the list that the entries are for.
        comment: for entries that have none.
        origin: the file's name, "" where nobody knows it.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = payload[: error.start].count(b"\n") + 1
        return EntryFile((), (Fault(number, "the file is no text in UTF-8"),))
    try:
        rows = entry_foreign.lines(text, name, origin)
    except SettingError as error:
        return EntryFile((), (Fault(0, str(error)),))
    found: dict[str, Line] = {}
    faults: list[Fault] = []
    passed: list[Fault] = []
    twice = 0
    for row in _rows(text) if rows is None else rows:
        if isinstance(row, Passed):
            passed.append(Fault(row.number, row.why))
            continue
        try:
            entry = _entry(row.cells, comment)
        except SettingError as error:
            faults.append(Fault(row.number, str(error)))
            continue
        key = spelled(name, entry.entry)
        twice += key in found
        found.setdefault(key, Line(row.number, entry))
    return EntryFile(tuple(found.values()), tuple(faults), tuple(passed), twice)


_SEPARATOR: Final = re.compile(r'^(?:"[^"]*"|[^",;\t])*(?P<separator>[,;\t])')


def _rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        cells = _cells(stripped)
        if number == 1 and cells[0].lower() == COLUMNS[0]:
            continue
        yield Row(number, cells)


def _cells(line: str) -> list[str]:
    """The cells of a line; whichever separator comes first is meant, as spreadsheets differ."""
    if (cells := entry_foreign.commented(line)) is not None:
        return cells
    found = _SEPARATOR.match(line)
    if found is None and '"' not in line:
        return [line]
    separator = found["separator"] if found is not None else ","
    table = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return [cell.strip() for cell in next(table)]


def _entry(cells: Sequence[str], comment: str) -> Entry:
    if len(cells) > len(COLUMNS) or not cells[0]:
        raise SettingError(f"expected entry, comment, expiry; found {', '.join(cells)!r}")
    entry, said, expires = (*map(_unquoted, cells), "", "")[: len(COLUMNS)]
    entry = entry.removeprefix("*@")
    if "*" in entry or "?" in entry:
        raise SettingError(f"{entry!r} stands for many; name an account, a domain or a network")
    if entry.startswith("!"):
        raise SettingError(f"{entry!r} takes something out, which a list of exemptions cannot")
    return Entry(entry, said or comment, moment.read(expires, ahead=True) if expires else 0)


def write(entries: Iterable[Entry], form: Form = Form.CSV) -> str:
    """Entries as a file that `read` takes back.

    Only CSV keeps comments and ends. The forms of other programs know no AS numbers; such entries
    become remarks there.

    Args:
        entries: of one list.
        form: how to write them.
    """
    if form is Form.CSV:
        return _csv(entries)
    lines = []
    for each in entries:
        foreign = form is not Form.LINES and ASN.match(each.entry)
        if foreign:
            lines.append(f"# not for this program: {each.entry}")
        else:
            lines.append(_LINE[form](each.entry))
    return "".join(f"{line}\n" for line in lines)


def _csv(entries: Iterable[Entry]) -> str:
    page = io.StringIO()
    table = csv.writer(page, lineterminator="\n")
    table.writerow(COLUMNS)
    for each in entries:
        ends = moment.iso(each.expires) if each.expires else ""
        table.writerow([_quoted(each.entry), _quoted(each.comment), ends])
    return page.getvalue()


def _quoted(cell: str) -> str:
    """A cell that no spreadsheet computes; customers write comments that administrators export."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unquoted(cell: str) -> str:
    is_quoted = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if is_quoted else cell


def _is_network(entry: str) -> bool:
    return "@" not in entry and (":" in entry or not re.search("[a-z]", entry, re.IGNORECASE))


def _pattern(entry: str) -> str:
    """A domain as a pattern of its accounts."""
    return entry if "@" in entry or _is_network(entry) else f"*@{entry}"


def _preference(entry: str) -> str:
    return f"{'trusted_networks' if _is_network(entry) else 'whitelist_from'} {_pattern(entry)}"


def _bare(entry: str) -> str:
    return entry


_LINE: Final = {Form.LINES: _bare, Form.LST: _pattern, Form.SPAMASSASSIN: _preference}
