"""One log and its parser: from its lines to records, whatever the lines are.

The dialect is found out from the first lines, unless somebody has named it. A parser that fails at
a line costs that line only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo
from fnmatch import fnmatch

from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, Dialect, Parse, detect
from core.maillog.echoes import message_of
from core.maillog.record import Record
from core.maillog.whereabouts import SYSLOG

IsNew = Callable[[str, bytes, float], bool]
"""Whether no other log has said a message; see `echoes.Echoes.is_new`."""


class Source:
    """A log.

    Args:
        path: as which it is known.
        dialect: its name, "" to find out.
        reference: no line was written after this moment (seconds since 1970); None for now.
        zone: in which the log tells local times; None for this system's own.

    Attributes:
        dialect: its name, "" while nobody knows.
        lines: how many were read.
        unknown: of them, those in no form of the dialect.
        faults: of them, those that the parser failed at.
    """

    def __init__(
        self,
        path: str,
        dialect: str = "",
        *,
        reference: float | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self.path = path
        self.dialect = ""
        self.lines = 0
        self.unknown = 0
        self.faults = 0
        self._reference = reference
        self._calendar = Calendar(time.time() if reference is None else reference, zone)
        self._parse: Parse | None = None
        self._form = DIALECTS[SYSLOG].form
        self._choose(DIALECTS.get(dialect))

    def refer_to(self, reference: float) -> None:
        """Another file comes: none of its lines was written after this moment."""
        self._reference = self._calendar.reference = reference

    def read(self, lines: list[bytes], is_new: IsNew | None = None) -> list[Record]:
        """What lines say; in order.

        Args:
            lines: with or without their ends.
            is_new: asked of syslog's messages where other logs may tell the same.
        """
        self.lines += len(lines)
        if self._reference is None:
            self._calendar.reference = time.time()
        if self._parse is None:
            self._choose(self._found_out(lines))
        parse = self._parse
        if parse is None:
            self.unknown += sum(1 for line in lines if line.strip())
            return []
        try:
            found = list(map(parse, lines))
        except Exception:  # noqa: BLE001  a parser must not raise, but lines come from strangers
            found = [self._one(parse, line) for line in lines]
        form = self._form.match
        self.unknown += sum(
            1
            for line, record in zip(lines, found, strict=True)
            if record is None and line and not form(line)
        )
        if is_new is None or self.dialect != SYSLOG:
            return [record for record in found if record is not None]
        return [
            record
            for line, record in zip(lines, found, strict=True)
            if record is not None and is_new(self.path, message_of(line), record.at)
        ]

    def _one(self, parse: Parse, line: bytes) -> Record | None:
        """A line by itself. What was parsed before the failing one is parsed again, which a parser
        that remembers may take for a repetition: it is never more than one piece of a file."""
        try:
            return parse(line)
        except Exception:  # noqa: BLE001  see above
            self.faults += 1
            return None

    def _choose(self, dialect: Dialect | None) -> None:
        if dialect is not None:
            self.dialect = dialect.name
            self._form = dialect.form
            self._parse = dialect.make(self._calendar)

    def _found_out(self, lines: list[bytes]) -> Dialect | None:
        """The dialect that usually lies there, if the lines look like it, else what they are."""
        usual = usual_dialect(self.path)
        if usual is not None:
            fitting = sum(1 for line in lines if usual.form.match(line))
            if 2 * fitting > len(lines):
                return usual
        return DIALECTS.get(detect(lines))


def usual_dialect(path: str) -> Dialect | None:
    """Whose log usually has that path."""
    return next(
        (
            dialect
            for dialect in DIALECTS.values()
            if any(path == file or fnmatch(path, file) for file in dialect.files)
        ),
        None,
    )
