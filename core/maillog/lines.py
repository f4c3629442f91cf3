"""Cuts what was read of a log into lines, however the pieces fall.

Reads nothing itself. A line that is not finished waits; one that is too long is cut, and what
follows of it is passed over, so that memory is bounded whatever somebody writes into a log.
"""

from __future__ import annotations

from typing import Final

LONGEST: Final = 65_536
"""Octets of a line that are kept; mail servers and syslog cut theirs at a few thousand."""


class Lines:
    """The lines of one file.

    Args:
        inside: the first octet that comes is in the middle of a line, which is passed over.

    Attributes:
        taken: octets that have come.
        cut: lines that were too long.
    """

    __slots__ = ("_passing", "_rest", "cut", "taken")

    def __init__(self, *, inside: bool = False) -> None:
        self._rest = b""
        self._passing = inside
        self.taken = 0
        self.cut = 0

    @property
    def waiting(self) -> int:
        """Octets of the line that is not finished yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> list[bytes]:
        """Take what comes next; returns the lines that it finishes, without their ends."""
        self.taken += len(piece)
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if lines and self._passing:
            self._passing = False
            del lines[0]
        if lines and max(map(len, lines)) > LONGEST:
            self.cut += sum(len(line) > LONGEST for line in lines)
            lines = [line[:LONGEST] for line in lines]
        if self._passing:
            self._rest = b""
        elif len(self._rest) > LONGEST:
            lines.append(self._rest[:LONGEST])
            self._rest = b""
            self._passing = True
            self.cut += 1
        return lines

    def finish(self) -> list[bytes]:
        """The line without an end, if there is one: nothing will come any more."""
        last, self._rest = self._rest, b""
        return [last] if last else []
