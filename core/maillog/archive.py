"""An old log: opened, recognised, and read once from end to end, packed or not, or from a pipe."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from core.maillog.compressed import Unpacked, packing
from core.maillog.dialects import DIALECTS, detect
from core.maillog.lines import Lines
from core.maillog.place import digest
from core.maillog.rotated import base_of
from core.maillog.source import Source, usual_dialect

SAMPLE: Final = 1 << 17
"""Octets at the beginning from which dialect and first time are learned."""

PIECE: Final = 1 << 18

PIPE: Final = "-"
"""Standard input."""


class Archive:
    """One old log.

    Args:
        name: its path, or `PIPE`.
        dialect: its name, "" to find out.
        zone: in which it tells local times; None for this system's own.

    Attributes:
        dialect: "" where it is in no known form.
        fingerprint: tells it from every other by its first line, "" for an empty one.
        begins: the time of its first line that says anything, else of its last change.
        reference: no line was written after this moment.
        size: octets on the disk, 0 for a pipe.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, name: str, dialect: str = "", zone: tzinfo | None = None) -> None:
        self.name = name
        self.zone = zone
        if name == PIPE:
            self._raw: BinaryIO = cast(BinaryIO, io.BufferedReader(_RawPipe()))
            self.size, self.reference = 0, time.time()
        else:
            self._raw = Path(name).open("rb")  # noqa: SIM115  closed by `close`
            status = os.fstat(self._raw.fileno())
            self.size, self.reference = status.st_size, min(status.st_mtime, time.time())
        try:
            self._recognise(dialect)
        except BaseException:
            self._raw.close()
            raise

    def _recognise(self, dialect: str) -> None:
        first = cast(io.BufferedReader, self._raw).peek(6)[:6]
        opener = packing(first)
        self._stream = (
            self._raw if opener is None else cast(BinaryIO, Unpacked(self._raw, opener(self._raw)))
        )
        self._sample = self._read(SAMPLE)
        lines = [line for line in self._sample.split(b"\n")[:2000] if line.strip()]
        told = [line for line in lines if not line.startswith(b"#")]
        self.fingerprint = digest(told[0]).hex() if told else ""
        usual = usual_dialect(str(base_of(Path(self.name))))
        self.dialect = dialect or detect(lines)
        if not dialect and usual and DIALECTS[self.dialect or usual.name].form is usual.form:
            self.dialect = usual.name  # two dialects that look the same lie in different places
        self.begins = self.reference
        if self.dialect:
            source = Source(self.name, self.dialect, reference=self.reference, zone=self.zone)
            for record in source.read(lines)[:1]:
                self.begins = record.at

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            try:
                piece = self._stream.read(size - len(found))
            except OSError:
                if not found:
                    raise
                break  # whoever reads on will be told
            if not piece:
                break
            found += piece
        return found

    @property
    def log(self) -> str:
        """The log that it is a part of: rotated ones belong together."""
        return self.name if self.name == PIPE else str(base_of(Path(self.name)))

    @property
    def position(self) -> int:
        """Octets of the disk that were read."""
        return self._raw.tell() if self.size and not self._raw.closed else self.size

    def lines(self, begin: int = 0) -> Iterator[tuple[int, list[bytes]]]:
        """All lines, once, in pieces; with each, how many octets are read, up to its end.

        Args:
            begin: octets at the beginning that are left out, unpacked.

        Raises:
            OSError: it is damaged; what came before is sound.
        """
        lines, left = Lines(), begin
        piece, self._sample = self._sample, b""
        while piece:
            passed = min(left, len(piece))
            left -= passed
            found = lines.feed(piece[passed:])
            yield begin - left + lines.taken - lines.waiting, found
            piece = self._stream.read(PIECE)
        last = lines.finish()
        if last:
            yield begin + lines.taken - len(last[0]), last

    def close(self) -> None:
        """Let go of it."""
        self._raw.close()


class _RawPipe(io.RawIOBase):
    """Standard input, which is nobody's to close."""

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next octets, as soon as there are any."""
        return cast(io.BufferedReader, sys.stdin.buffer).read1(size)

    def readinto(self, buffer: Any) -> int:
        """The next octets."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
