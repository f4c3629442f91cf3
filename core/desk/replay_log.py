"""The old logs of one replay: in which order they are read, and what of them is not counted yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from math import inf, nextafter
from operator import attrgetter
from typing import Final

from msgspec import Struct

from core.maillog.archive import Archive
from core.maillog.gathering import Gathering
from core.maillog.record import Login, Mail
from core.maillog.source import Source
from core.store.replays import Replayed
from core.words import N_

DOUBLE: Final = N_("the same log was given twice")
COUNTED: Final = N_("it was counted before; --again reads it again, and counts nothing twice")
STRANGE: Final = N_("the form of its lines is not known; --dialect names it")
EMPTY: Final = N_("it is empty")


class ReplayLog:
    """One old log.

    Args:
        archive: its lines.
        known: how far it was counted before, None for not at all.
        others: other logs of its dialect that were counted before.

    Attributes:
        skipped: why it is not read, "" when it is.
        problem: why it was not read to its end, "" when it was.
        first, last: the times of its first and last record, 0 while there is none.
        lines, unknown: how many were read, and how many of them are in no known form.
        counted: how many of its records were counted.
        passed: how many were counted before.
    """

    def __init__(
        self, archive: Archive, known: Replayed | None, others: Sequence[Replayed]
    ) -> None:
        self.archive = archive
        self._known = known
        self._others = others
        self.begin = 0
        self.octets = 0
        self.done = False
        self.skipped = ""
        self.problem = ""
        self.first = self.last = 0.0
        self.lines = self.unknown = self.counted = self.passed = 0
        self._told_lines = 0

    def is_counted(self, at: float) -> bool:
        """Whether what happened at that time was counted before, from this log or another."""
        known = self._known
        if known is not None and not self.begin and _covers(known, at):
            return True
        return any(_covers(other, at) for other in self._others)

    def seen(self, at: float) -> None:
        """A record of it was taken."""
        self.first = min(self.first or at, at)
        self.last = max(self.last, at)

    def row(self, now: float, until: float | None) -> Replayed | None:
        """What is to be written down of it; None for nothing.

        Args:
            now: seconds since 1970.
            until: before which time all is counted; None for everything that was read.
        """
        if not self.first:
            return None
        lines, self._told_lines = self.lines - self._told_lines, self.lines
        if self.done:
            until = self.last
        elif until is None:
            until = nextafter(self.last, inf)
        return Replayed(
            self.archive.fingerprint,
            self.archive.dialect,
            self.archive.name,
            self.first,
            until,
            now,
            self.octets if self.done else 0,
            lines,
        )


def _covers(log: Replayed, at: float) -> bool:
    """Whether a log is counted at that time. One that was broken off is not at its very end."""
    return log.since <= at < log.until or (log.octets > 0 and at == log.until)


def prepare(
    archives: Iterable[Archive], known: Sequence[Replayed], *, again: bool
) -> list[ReplayLog]:
    """Find out which logs are read, and from where.

    Args:
        archives: all that were given.
        known: what was counted before.
        again: read also what was counted before.
    """
    by_print = {each.fingerprint: each for each in known}
    taken: set[str] = set()
    found = []
    for archive in archives:
        before = by_print.get(archive.fingerprint)
        others = [
            each
            for each in known
            if each.dialect == archive.dialect and each.fingerprint != archive.fingerprint
        ]
        log = ReplayLog(archive, before, others)
        found.append(log)
        if not archive.fingerprint:
            log.skipped = EMPTY
        elif archive.fingerprint in taken:
            log.skipped = DOUBLE
        elif not archive.dialect:
            log.skipped = log.problem = STRANGE
        elif before is not None and not again:
            log.begin = before.octets
        taken.add(archive.fingerprint)
    return found


Item = tuple[float, int, Login | Mail, ReplayLog]
"""When, a number that makes it unique, what, and from which log."""

_numbers = count()


def stream(logs: Iterable[ReplayLog]) -> Iterator[Item]:
    """Everything that the files of one log say, in their order, nearly in that of time."""
    source: Source | None = None
    gathering = Gathering()
    for log in sorted(logs, key=lambda log: log.archive.begins):
        archive = log.archive
        if source is None or source.dialect != archive.dialect:
            source = Source(
                archive.name, archive.dialect, reference=archive.reference, zone=archive.zone
            )
        source.refer_to(archive.reference)
        try:
            yield from _items(log, source, gathering)
        except OSError as error:
            log.problem = error.strerror or str(error)
        else:
            log.done = True
            if log.begin and not log.lines:
                log.skipped = COUNTED
        finally:
            archive.close()


def _items(log: ReplayLog, source: Source, gathering: Gathering) -> Iterator[Item]:
    unknown = source.unknown
    for octets, lines in log.archive.lines(log.begin):
        gathering.add(source.read(lines))
        logins, mails, _ = gathering.take()
        log.octets = octets
        log.lines += len(lines)
        log.unknown = source.unknown - unknown
        records: list[Login | Mail] = [*logins, *mails]
        records.sort(key=attrgetter("at"))
        for record in records:
            yield record.at, next(_numbers), record, log


class LogFigures(Struct, frozen=True):
    """What became of one log, for people.

    Attributes:
        name, dialect: of the log.
        lines, unknown: as in `ReplayLog`.
        since, until: the times of its first and last record, 0 for none.
        counted, before: records that were counted now, and before.
        problem: why it was not read, or not to its end.
        remark: why there was nothing to read.
    """

    name: str
    dialect: str
    lines: int
    unknown: int
    since: float
    until: float
    counted: int
    before: int
    problem: str
    remark: str


def figures(log: ReplayLog) -> LogFigures:
    """What became of a log."""
    return LogFigures(
        log.archive.name,
        log.archive.dialect,
        log.lines,
        log.unknown,
        log.first,
        log.last,
        log.counted,
        log.passed,
        log.problem,
        log.skipped,
    )
