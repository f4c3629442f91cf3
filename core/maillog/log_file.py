"""One file of a log, open: read on from a place, by whatever name it is known meanwhile.

Knows nothing of rotation; `followed.py` decides which file comes next.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from core.maillog.compressed import open_log
from core.maillog.lines import Lines
from core.maillog.place import HEAD, Place, digest
from core.words import N_

SKIPPED_AT_ONCE = 1 << 20
"""Octets of a packed file that are unpacked at once to get to a place in it."""


class LogFile:
    """An open file.

    Attributes:
        path: as which it was opened.
        packed: it is packed, and will not grow.
        ended: its writer has gone on to another, so it ends where it ends.
    """

    def __init__(self, path: Path) -> None:
        """Open it at its beginning.

        Raises:
            OSError: it cannot be read.
        """
        self.path = path
        self._stream, self.packed = open_log(path)
        self.ended = self.packed
        self._lines = Lines()
        self._start = 0
        self._cut = 0
        status = os.fstat(self._stream.fileno()) if not self.packed else path.stat()
        self.device, self.inode = status.st_dev, status.st_ino
        self.changed = status.st_mtime
        self._head = b"" if self.packed else self._read_head()

    @classmethod
    def at(cls, path: Path, offset: int) -> Self:
        """Open a file at an offset; in the middle of a line, from the next line on.

        Args:
            path: the file.
            offset: of what is in it, unpacked; -1 for its end.

        Raises:
            OSError: it cannot be read, or is shorter.
        """
        file = cls(path)
        try:
            file._go_to(offset)
        except BaseException:
            file.close()
            raise
        return file

    def _go_to(self, offset: int) -> None:
        if self.packed:
            left, last = offset, b""
            while left > 0:
                piece = self._stream.read(min(left, SKIPPED_AT_ONCE))
                if not piece:
                    raise OSError(0, N_("it is shorter than it was"))
                self._begin_with(piece)
                left, last = left - len(piece), piece[-1:]
        else:
            if offset > self.size:
                raise OSError(0, N_("it is shorter than it was"))
            offset = self.size if offset < 0 else offset
            last = os.pread(self._stream.fileno(), 1, offset - 1) if offset else b""
            self._stream.seek(offset)
        self._lines = Lines(inside=bool(offset) and last != b"\n")
        self._start = offset

    def _begin_with(self, piece: bytes) -> None:
        if len(self._head) < HEAD:
            self._head = (self._head + piece)[:HEAD]

    def _read_head(self) -> bytes:
        return os.pread(self._stream.fileno(), HEAD, 0)

    @property
    def size(self) -> int:
        """Octets that are in it now; of a packed file, as far as it was read."""
        return self.reached if self.packed else os.fstat(self._stream.fileno()).st_size

    @property
    def reached(self) -> int:
        """Octets that were read."""
        return self._start + self._lines.taken

    @property
    def cut(self) -> int:
        """Lines that were too long."""
        return self._lines.cut

    @property
    def place(self) -> Place:
        """Where to go on another time: behind the last whole line."""
        offset = self.reached - self._lines.waiting
        head = self._head
        length = len(head)
        return Place(
            self.device, self.inode, offset, digest(head) if head else b"", length, self.changed
        )

    def read(self, most: int) -> list[bytes] | None:
        """The next lines, of `most` octets or so; None when there is nothing new.

        Raises:
            OSError: it cannot be read any more.
        """
        piece = self._stream.read(most)
        if not piece:
            return None
        if self.packed and self.reached == len(self._head):
            self._begin_with(piece)
        elif not self.packed and len(self._head) < HEAD:
            self._head = self._read_head()
        return self._lines.feed(piece)

    def finish(self) -> list[bytes]:
        """The last line, if it has no end, and nothing will come any more."""
        return self._lines.finish()

    def was_emptied(self) -> bool:
        """Whether somebody has cut it off, or written it anew, since it was read."""
        if self.packed:
            return False
        status = os.fstat(self._stream.fileno())
        self.changed = status.st_mtime
        if status.st_size < self.reached:
            return True
        known = self._head
        return bool(known) and os.pread(self._stream.fileno(), len(known), 0) != known

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()
