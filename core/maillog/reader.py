"""Reads the configured logs in a process of its own, and tells the daemon what they say.

A burst of lines, or a line that a parser fails at, is this process's trouble and nobody else's. It
keeps nothing: where to go on stands in each batch, and the daemon keeps that once it has taken the
batch in. It ends when its standard input does. Run as a program: order in, batches out.
"""

from __future__ import annotations

import os
import select
import sys
import time
from contextlib import suppress
from typing import BinaryIO, Final

from core.maillog.batch import HEADER, Batch, Frames, Order, frame
from core.maillog.bookmark import JOURNAL, Bookmark
from core.maillog.echoes import Echoes
from core.maillog.follower import Follower
from core.maillog.gathering import Gathering
from core.maillog.journal import Journal
from core.maillog.place import read_exactly
from core.maillog.source import Source
from core.maillog.whereabouts import SYSLOG
from core.words import N_

PIECE: Final = 1 << 16
"""Octets that are read of each log before it is another's turn."""

TURN: Final = 0.25
"""Seconds between two looks at logs that have said nothing new."""

TELL: Final = 0.2
"""Seconds that what was read may wait to be told, while there is more to read."""

MOST: Final = 500
"""Records after which a batch is told at once: the daemon unpacks a batch while others wait for
its answers, and takes a millisecond for a thousand records."""

QUIET: Final = 5.0
"""Seconds after which a batch is told that says nothing, as a sign of life."""

NICE: Final = 5
"""How much more patient than the daemon: answers come first."""

STRANGE: Final = N_("the form of its lines is not known")

MISFITS: Final = 500
"""Lines of no known form after which that is a problem."""


class LogReader:
    """Reads all logs of an order.

    Args:
        order: what to read, and from where.
    """

    def __init__(self, order: Order) -> None:
        known = order.bookmark or Bookmark()
        left = Bookmark() if order.at_end else known
        first_time = order.bookmark is None or order.at_end
        self._patterns = tuple(each.pattern for each in order.wanted)
        self._follower = Follower(order.wanted, None if first_time else known, time.time())
        self._journal = Journal(left.cursor) if JOURNAL in self._patterns else None
        self._sources: dict[str, Source] = {}
        self._echoes = Echoes(known.echoes)
        self._gathering = Gathering(known.mails)
        self._entries = self._strange_entries = 0
        self._told = (0, 0, 0)

    @property
    def waits_for(self) -> list[int]:
        """File descriptors that say when there is more."""
        number = self._journal.fileno() if self._journal is not None else -1
        return [number] if number >= 0 else []

    @property
    def is_full(self) -> bool:
        """Whether enough was read for a batch."""
        return len(self._gathering) >= MOST

    @property
    def has_news(self) -> bool:
        """Whether anything was read since the last batch."""
        return self._sums() != self._told

    def look(self) -> None:
        """See what has become of the logs."""
        self._follower.look(time.time())
        if self._journal is not None:
            self._journal.look(time.monotonic())

    def read(self) -> bool:
        """Read a piece of each log; returns whether there was anything."""
        found = False
        echoing = self._is_new if self._may_echo() else None
        for path, lines in self._follower.read(PIECE, time.monotonic()):
            found = True
            self._gathering.add(self._source(path).read(lines, echoing))
        if self._journal is not None:
            told = self._journal.read(time.monotonic())
            found = found or told is not None
            new = self._echoes.is_new
            self._gathering.add(
                each.record
                for each in told or ()
                if echoing is None or new(JOURNAL, each.message, each.record.at)
            )
        return found

    def _is_new(self, log: str, message: bytes, at: float) -> bool:
        return self._echoes.is_new(log, message, at)

    def _may_echo(self) -> bool:
        """Whether two of the logs may have the same messages: those that come by syslog."""
        sources = map(self._sources.get, self._follower.paths)
        by_syslog = sum(each is None or each.dialect in ("", SYSLOG) for each in sources)
        return by_syslog + (self._journal is not None) > 1

    def _source(self, path: str) -> Source:
        source = self._sources.get(path)
        if source is None:
            source = self._sources[path] = Source(path, self._follower.dialect(path))
        return source

    def batch(self) -> Batch:
        """What was read since the last one."""
        logins, mails, fates = self._gathering.take()
        sums = self._sums()
        lines, unknown, faults = (
            now - before for now, before in zip(sums, self._told, strict=True)
        )
        self._told = sums
        journal = self._journal
        return Batch(
            bookmark=Bookmark(
                self._patterns,
                self._follower.places,
                journal.cursor if journal is not None else "",
                self._gathering.open_mails,
                self._echoes.kept() if self._may_echo() else (),
            ),
            logins=logins,
            mails=mails,
            fates=fates,
            lines=lines,
            unknown=unknown,
            faults=faults,
            cut=self._follower.cut,
            lost=self._follower.lost,
            behind=self._behind(),
            latest=self._gathering.latest,
            problems=self._problems(),
        )

    def _sums(self) -> tuple[int, int, int]:
        sources, journal = self._sources.values(), self._journal
        lines = sum(each.lines for each in sources)
        unknown = sum(each.unknown for each in sources)
        if journal is not None:
            lines, unknown = lines + journal.lines, unknown + journal.unknown
        return lines, unknown, sum(each.faults for each in sources)

    def _behind(self) -> dict[str, int]:
        journal = self._journal
        found = self._follower.following
        if journal is not None and not journal.problem:
            found[JOURNAL] = PIECE if journal.behind else 0
        return found

    def _problems(self) -> dict[str, str]:
        found = self._follower.problems
        if self._journal is not None and self._journal.problem:
            found[JOURNAL] = self._journal.problem
        for path, source in self._sources.items():
            if not source.dialect and source.unknown >= MISFITS:
                found[path] = STRANGE
        return found

    def close(self) -> None:
        """Let go of all logs."""
        self._follower.close()
        if self._journal is not None:
            self._journal.close()


def follow(reader: LogReader, inlet: int, outlet: BinaryIO) -> None:
    """Read and tell, until the inlet ends or nobody takes what is told.

    Args:
        reader: reads.
        inlet: file descriptor from which nothing comes but the end.
        outlet: where batches go.
    """
    told_at = time.monotonic() - QUIET
    while True:
        reader.look()
        found = reader.read()
        while found and not reader.is_full and time.monotonic() - told_at < TELL:
            found = reader.read()
        silent = time.monotonic() - told_at
        if silent >= QUIET or (reader.has_news and (reader.is_full or silent >= TELL)):
            outlet.write(frame(reader.batch()))
            outlet.flush()
            told_at = time.monotonic()
        waiting = [inlet, *([] if found else reader.waits_for)]
        if inlet in select.select(waiting, [], [], 0.0 if found else TURN)[0]:
            return


def main() -> None:
    """Follow the logs of the order on standard input."""
    with suppress(OSError):
        os.nice(NICE)
    inlet, outlet = open(0, "rb", buffering=0), sys.stdout.buffer  # noqa: SIM115  open to the end
    frames = Frames(Order)
    order = frames.read(read_exactly(inlet, frames.size(read_exactly(inlet, HEADER))))
    reader = LogReader(order)
    try:
        with suppress(BrokenPipeError, KeyboardInterrupt):
            follow(reader, inlet.fileno(), outlet)
    finally:
        reader.close()
        # What nobody takes must not be tried again at the end, and is in no bookmark.
        os._exit(0)


if __name__ == "__main__":
    main()
