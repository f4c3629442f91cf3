"""Which programs of a mail server are read, by the names under which they write to syslog.

A family is one mail server's programs: it is asked once for each name, and what it returns then
reads every message of that name. The log's file or journal is read elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable

from core.maillog.exim import EximFamily
from core.maillog.record import Record

Reading = Callable[[bytes, float], Record | None]
"""From the message of one line, without header and line end, and its time, to what it says."""

Family = Callable[[bytes], Reading | None]
"""From a program's name, without its process number, to who reads it; None: nobody of ours."""

MOST_NAMES = 1_000
"""Names that are remembered: any user of the server may write under any name."""


def families() -> tuple[Family, ...]:
    """Every family, new: some remember what an earlier line said, so each log has its own."""
    return (EximFamily(),)


class Programs:
    """Finds who reads a program's messages. One for each log."""

    def __init__(self) -> None:
        self._families = families()
        self._known: dict[bytes, Reading | None] = {}

    def find(self, name: bytes) -> Reading | None:
        """Who reads the messages of the program of this name; None: they are of no interest."""
        try:
            return self._known[name]
        except KeyError:
            pass
        if len(self._known) >= MOST_NAMES:
            self._known.clear()
        found = next(filter(None, (family(name) for family in self._families)), None)
        self._known[name] = found
        return found
