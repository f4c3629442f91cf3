"""Where all logs were left, as one thing to keep: files, journal, and what was half understood."""

from __future__ import annotations

from msgspec import Struct

from core.maillog.place import Place
from core.maillog.record import Mail

JOURNAL = "journal"
"""What the system's journal is called among the logs."""


class Wanted(Struct, frozen=True):
    """A log that is to be followed.

    Attributes:
        pattern: a path, with ``*`` and the like for several; or `JOURNAL`.
        dialect: its name, "" to find out.
        optional: that it is not there, is no problem.
    """

    pattern: str
    dialect: str = ""
    optional: bool = False


class Echo(Struct, frozen=True, array_like=True):
    """A message that several logs may have; see `echoes.py`."""

    key: int
    at: float
    counts: dict[str, int]


class Bookmark(Struct, frozen=True):
    """Where to go on.

    Attributes:
        patterns: what was followed; what is new among them is read from its beginning.
        files: the places of each log by its path.
        cursor: of the journal, "" for none.
        mails: those whose line was read, but not the one that says how many recipients they have.
        echoes: what one log has told lately and another will tell again.
    """

    patterns: tuple[str, ...] = ()
    files: dict[str, tuple[Place, ...]] = {}
    cursor: str = ""
    mails: tuple[Mail, ...] = ()
    echoes: tuple[Echo, ...] = ()
