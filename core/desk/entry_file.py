"""Lists of exemptions as files: CSV, one entry a line, ``.lst`` of MagicSpam, and SpamAssassin's
preferences. Says what is in a file; whether an entry is legal is for others to check.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from core.desk import moment
from core.desk.entry import Entry, spelled
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
    """

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def read(payload: bytes, name: str = "exempt.addresses", comment: str = "") -> EntryFile:
    """The entries of a file in any of the forms.

    A line is an entry, or an entry, a comment and an expiry with commas between. Blank lines, and
    lines that begin with ``#`` or ``;``, are passed over; so is a first line with the titles. An
    account may be written ``*@example.test``, which is the domain. Of SpamAssassin's preferences
    (Mail::SpamAssassin::Conf), a list of addresses takes the networks that are trusted, a list of
    accounts the senders that are welcome; their other lines are passed over.

    Args:
        payload: the file.
        name: the list that the entries are for.
        comment: for entries that have none.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = payload[: error.start].count(b"\n") + 1
        return EntryFile((), (Fault(number, "the file is no text in UTF-8"),))
    rows = _preferences(text, name) if _SPAMASSASSIN.search(text) else _rows(text)
    found: dict[str, Line] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        try:
            entry = _entry(cells, comment)
        except SettingError as error:
            faults.append(Fault(number, str(error)))
        else:
            found.setdefault(spelled(name, entry.entry), Line(number, entry))
    return EntryFile(tuple(found.values()), tuple(faults))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if "," not in stripped and '"' not in stripped:
            cells = [stripped]
        else:
            cells = [cell.strip() for cell in next(csv.reader([stripped], skipinitialspace=True))]
        if number == 1 and cells[0].lower() == COLUMNS[0]:
            continue
        yield number, cells


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


_ACCOUNTS: Final = r"(?:def_)?(?:whitelist|welcomelist)_(?:from|from_rcvd|from_spf|from_dkim|auth)"
_NETWORKS: Final = r"(?:trusted|internal|msa)_networks"
_SPAMASSASSIN: Final = re.compile(rf"(?im)^[ \t]*(?:{_ACCOUNTS}|{_NETWORKS})[ \t]")
_ONE_ONLY: Final = ("rcvd", "dkim")
"""Of these only the first word is a sender; the others say through whom it comes."""


def _preferences(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    wanted = re.compile(_NETWORKS if name == "exempt.addresses" else _ACCOUNTS, re.IGNORECASE)
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words or not wanted.fullmatch(words[0]):
            continue
        values = words[1:2] if words[0].lower().endswith(_ONE_ONLY) else words[1:]
        for value in values:
            yield number, [_network(value) if name == "exempt.addresses" else value]


def _network(text: str) -> str:
    """``192.168.`` stands for all that begins so."""
    octets = text.rstrip(".").split(".")
    if not text.endswith(".") or len(octets) > 3:
        return text
    return f"{'.'.join(octets + ['0'] * (4 - len(octets)))}/{8 * len(octets)}"


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
