"""Which programs of a mail server are read, by the names under which they write to syslog.

A family is one mail server's programs: it is asked once for each name, and what it returns then
reads every message of that name. The log's file or journal is read elsewhere.
"""

from __future__ import annotations

from core.maillog import courier, cyrus, vpopmail
from core.maillog.dovecot import Dovecot
from core.maillog.exim import EximFamily
from core.maillog.halves import Halves
from core.maillog.postfix import Postfix
from core.maillog.reading import Family, Reading
from core.maillog.saslauthd import Saslauthd

__all__ = ["Family", "Programs", "Reading", "families"]

MOST_NAMES = 1_000
"""Names that are remembered: any user of the server may write under any name."""


def families() -> tuple[Family, ...]:
    """Every family, new: some remember what an earlier line said, so each log has its own."""
    halves = Halves()
    return (
        Postfix(halves),
        Dovecot(halves),
        Saslauthd(halves),
        courier.family,
        cyrus.family,
        EximFamily(),
        vpopmail.family,
    )


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
