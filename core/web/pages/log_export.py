"""A search as a file: CSV for spreadsheets, JSON for programs, written as it is read.

Bounded, and it says so: a file of millions of lines opens nowhere. What mail clients sent must not
become a formula in somebody's spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import structlog
from flask_babel import gettext

from core.errors import StoreError
from core.store.event_filter import EventFilter, StoredEvent
from core.store.events import Events
from core.web.complaints import said
from core.web.pages.log_words import words
from core.web.wording import local, number

MOST: Final = 100_000
"""Events in one file."""

BATCH: Final = 1000
"""Events that are read at a time."""

_BOM: Final = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First letters by which a spreadsheet takes a text for a formula (OWASP, CSV Injection)."""

_COLUMNS: Final = (
    *("id", "time_utc", "time_local", "last_utc", "count", "happened", "why"),
    *("stage", "service", "verdict", "reason", "would", "check"),
    *("address", "country", "asn", "account", "domain", "queue_id", "recipients", "detail"),
)

_log = structlog.get_logger()


class Harvest:
    """The events of a search, as far as a file takes them.

    Args:
        events: of the store.
        wanted: the search.
        most: how many at most.

    Attributes:
        problem: why there are fewer than there could be, "" when all are there; known at the end.
    """

    def __init__(self, events: Events, wanted: EventFilter, most: int = MOST) -> None:
        self._events = events
        self._wanted = wanted
        self._most = most
        self.problem = ""

    def __iter__(self) -> Iterator[StoredEvent]:
        before: int | None = None
        left = self._most
        while True:
            try:
                found = self._events.find(self._wanted, min(BATCH, left + 1), before)
            except StoreError as error:  # half a file was sent already: say so at its end
                _log.warning("an export ended early", error=str(error))
                self.problem = gettext(
                    "The store could not be read to the end: %(why)s", why=said(error)
                )
                return
            yield from found[:left]
            if len(found) > left:
                self.problem = gettext(
                    "There are more: a file holds the newest %(most)s.", most=number(self._most)
                )
                return
            left -= len(found)
            if not found:
                return
            before = found[-1].id


def as_csv(harvest: Harvest) -> Iterator[str]:
    """The file for spreadsheets, in pieces; why it is not whole is its last line."""
    yield _BOM + _csv_line(_COLUMNS)
    pieces = []
    for event in harvest:
        pieces.append(_csv_line([_cell(value) for value in _row(event).values()]))
        if len(pieces) == BATCH:
            yield "".join(pieces)
            pieces.clear()
    if harvest.problem:
        pieces.append(_csv_line([_cell(harvest.problem)]))
    yield "".join(pieces)


def as_json(harvest: Harvest) -> Iterator[bytes]:
    """The document for programs, in pieces: events, whether all are there, and why not."""
    yield b'{"events":['
    joint = b"\n"
    for event in harvest:
        yield joint + msgspec.json.encode(_row(event))
        joint = b",\n"
    end = msgspec.json.encode({"complete": not harvest.problem, "problem": harvest.problem})
    yield b"\n]," + end[1:] + b"\n"


def _row(event: StoredEvent) -> dict[str, Any]:
    said = words(event)
    values = (
        *(event.id, _utc(event.at), local(event.at).isoformat(timespec="seconds")),
        *(_utc(event.last), event.count, said.title, said.why),
        *(event.stage, event.service, event.verdict, event.reason, event.would, event.check),
        *(event.address, event.country, event.asn, event.account, event.domain),
        *(event.queue_id, event.recipients, event.detail),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _utc(at: float) -> str:
    """ISO 8601."""
    found = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return found.replace("+00:00", "Z")


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet computes."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _csv_line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
