"""Tells when two logs say the same: a syslog file and the journal behind it, or two syslog files.

Of a message that one log has n times and another m times, the larger number counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

from core.maillog.bookmark import Echo

SECONDS: Final = 10.0
"""How long after its last time an equal message is a new one."""

MOST: Final = 20_000
"""Messages that are remembered."""

MOST_KEPT: Final = 1_000
"""Of them, those that a bookmark holds: the last ones."""


class Echoes:
    """What several logs have said lately.

    Args:
        kept: from an earlier time.
    """

    def __init__(self, kept: Iterable[Echo] = ()) -> None:
        self._known: dict[int, tuple[float, dict[str, int]]] = {
            echo.key: (echo.at, dict(echo.counts)) for echo in kept
        }

    def is_new(self, log: str, message: bytes, at: float) -> bool:
        """Whether no other log has told this already.

        Args:
            log: who tells it now.
            message: without time, host and program, which logs write in different ways.
            at: seconds since 1970.
        """
        key = len(message) << 32 | crc32(message)
        before, counts = self._known.pop(key, (at, {}))
        if at - before > SECONDS:
            counts = {}
        elif len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        most = max(counts.values(), default=0)
        mine = counts[log] = counts.get(log, 0) + 1
        self._known[key] = max(at, before), counts
        return mine > most

    def kept(self) -> tuple[Echo, ...]:
        """What a bookmark needs: the messages of the last seconds."""
        newest = list(self._known.items())[-MOST_KEPT:]
        latest = max((at for _, (at, _) in newest), default=0.0)
        return tuple(
            Echo(key, at, dict(counts)) for key, (at, counts) in newest if latest - at <= SECONDS
        )


def message_of(line: bytes) -> bytes:
    """What a line of a syslog file says behind time, host and program."""
    return line.partition(b": ")[2].rstrip(b"\r\n")
