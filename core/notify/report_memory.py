"""Which reports are mailed already: remembered on the disk, so that none is ever mailed twice.

A report is noted as mailed before the mail system gets it, and crossed out again where that did not
take it. Whoever is killed in between leaves a note that says so; such a report is not mailed again,
but `unsure` names it.

Notes are lines that are added to a file, which is written anew now and then: a thousand owners are
two thousand notes a day.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from core.notify.report_period import DAYS, EARLIEST, LATEST, Every, Period
from core.store.disk import sync_directory, write_durably

NAME: Final = "reports"
"""What the file in the state directory is called."""

MOST_SPANS: Final = 20
"""Gaps in what one recipient got that are remembered."""

MOST_NOTES: Final = 4000
"""Notes that are added before the file is written anew, beside some for each recipient."""


class _Span(Struct):
    """Reports that follow each other: all that end from the first day to the last."""

    every: Every
    first: date
    last: date

    @property
    def newest(self) -> str:
        """The `Period.id` of the last of them."""
        return f"{self.every} {self.last - timedelta(DAYS[self.every])}"

    def holds(self, period: Period) -> bool:
        """Whether the period's report is one of them."""
        return self.every == period.every and self.first <= period.end <= self.last


class _Note(Struct, omit_defaults=True):
    """One line of the file.

    Attributes:
        who: the recipient.
        what: what happened: reports that count as mailed, nobody knows of the last one, one is
            begun, what came of it, or the recipient left.
        every, end: of which report.
        first: end of the first of several that follow each other.
    """

    who: str
    what: Literal["span", "open", "begun", "taken", "refused", "gone"]
    every: Every = "weekly"
    end: date = date.min
    first: date | None = None


class _Known(Struct):
    """What one recipient got; `is_open` while nobody has taken the last one."""

    spans: list[_Span] = []
    is_open: bool = False

    def add(self, span: _Span) -> None:
        """Note reports."""
        newest, step = self.spans[-1] if self.spans else None, timedelta(DAYS[span.every])
        if newest and newest.every == span.every and span.first - newest.last == step:
            newest.last = span.last
            return
        self.spans.append(span)
        if len(self.spans) > MOST_SPANS:
            oldest, next_ = self.spans.pop(0), self.spans[0]
            if oldest.every == next_.every:
                next_.first = min(next_.first, oldest.first)

    def remove_newest(self) -> None:
        """Forget the report that was noted last."""
        newest = self.spans[-1]
        newest.last -= timedelta(DAYS[newest.every])
        if newest.last < newest.first:
            self.spans.pop()


class ReportMemory:
    """What is mailed already, by recipient: a domain, or "" for the administrator.

    Args:
        path: the file.

    Attributes:
        problem: what was wrong with the file when it was read, until it is good again; "" when
            nothing is.
        unsure: recipient -> the report of which nobody knows whether it was mailed.

    Raises:
        OSError: there is a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        self._known: dict[str, _Known] = {}
        self._count = 0
        self._is_torn = True  # whoever begins writes the file anew
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        # A line without an end was never finished, so that nobody has relied on it.
        for line in content.split(b"\n")[:-1]:
            self._read(line)
        self.unsure = {
            who: known.spans[-1].newest
            for who, known in self._known.items()
            if known.is_open and known.spans
        }

    def _read(self, line: bytes) -> None:
        try:
            self._fold(msgspec.json.decode(line, type=_Note))
        except (ValueError, IndexError, OverflowError, RecursionError) as error:
            self.problem = f"{self._path} is damaged ({error}): a report may be left out"

    def _fold(self, note: _Note) -> None:
        if note.what == "gone":
            self._known.pop(note.who, None)
            return
        known = self._known.setdefault(note.who, _Known())
        if note.what in ("span", "begun"):
            first = note.first or note.end
            if not EARLIEST - 1 <= first.year <= note.end.year <= LATEST or note.end < first:
                raise ValueError(f"there are no reports from {first} to {note.end}")
            known.add(_Span(note.every, first, note.end))
        elif not known.spans or (note.what == "refused" and not known.is_open):
            raise ValueError(f"nothing was begun that was {note.what}")
        elif note.what == "refused":
            known.remove_newest()
        known.is_open = note.what in ("begun", "open")

    def is_due(self, who: str, period: Period, today: date) -> bool:
        """Whether somebody whom `meet` knows has yet to get the report on the latest period.

        What is remembered of the future is from a clock that was wrong: it does not keep a report
        back, but none of it is mailed again.

        Args:
            who: the recipient.
            period: the latest one that is over.
            today: by the same clock.
        """
        spans = self._spans(who)
        if any(span.holds(period) for span in spans):
            return False
        past = [min(span.last, today) for span in spans if span.first <= today]
        return bool(past) and period.end > max(past)

    def meet(self, wanted: Mapping[str, Period], today: date) -> None:
        """Begin with recipients of whom nothing is known: what is over by now is not for them.

        So it is for those of whom only the future is known: the clock was wrong when they were met.

        Args:
            wanted: recipient -> their latest period.
            today: by the same clock.

        Raises:
            OSError: it could not be remembered, and is as it was.
        """
        self._write(
            _Note(who, "span", period.every, period.end)
            for who, period in wanted.items()
            if not any(span.first <= today for span in self._spans(who))
        )

    def forget_others(self, wanted: Collection[str]) -> None:
        """Forget whoever wants no reports any more.

        Args:
            wanted: who does.

        Raises:
            OSError: it could not be written, and is as it was.
        """
        gone = [who for who in self._known if who not in wanted]
        self._write(_Note(who, "gone") for who in gone)
        for who in gone:
            self.unsure.pop(who, None)

    def begin(self, who: str, period: Period) -> None:
        """Note a report as mailed, before it is.

        Raises:
            OSError: it could not be remembered: do not mail it.
        """
        self._write([_Note(who, "begun", period.every, period.end)])

    def end(self, who: str, taken: bool) -> None:
        """Note what came of the report that `begin` was called for.

        Args:
            who: the recipient.
            taken: whether the mail system took it.

        Raises:
            OSError: it is known here, but after a restart the report would be `unsure`.
        """
        self.unsure.pop(who, None)
        self.problem = ""
        note = _Note(who, "taken" if taken else "refused")
        try:
            self._write([note])
        except OSError:
            self._fold(note)
            raise

    def _spans(self, who: str) -> list[_Span]:
        return self._known[who].spans if who in self._known else []

    def _write(self, notes: Iterable[_Note]) -> None:
        """Add notes to the file, and only then to what is known."""
        fresh = list(notes)
        if not fresh:
            return
        if self._is_torn or self._count > MOST_NOTES + 8 * len(self._known):
            self._write_anew()
        self._is_torn = True
        with self._path.open("ab") as file:
            file.write(_lines(fresh))
            file.flush()
            os.fsync(file.fileno())
        self._is_torn = False
        self._count += len(fresh)
        for note in fresh:
            self._fold(note)

    def _write_anew(self) -> None:
        temporary = self._path.with_suffix(".new")
        notes = list(self._everything())
        os.close(write_durably(temporary, _lines(notes)))
        temporary.replace(self._path)
        sync_directory(self._path.parent)
        self._count = len(notes)

    def _everything(self) -> Iterator[_Note]:
        for who, known in self._known.items():
            for span in known.spans:
                yield _Note(who, "span", span.every, span.last, span.first)
            if known.is_open and known.spans:
                yield _Note(who, "open")


def _lines(notes: Iterable[_Note]) -> bytes:
    return b"".join(msgspec.json.encode(note) + b"\n" for note in notes)
