"""Opens logs as they lie on a disk: plain, or packed by whoever rotates them.

What is packed is recognised by its first octets, not by its name, and unpacked as it is read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from core.words import N_

_OPENERS: Final[tuple[tuple[bytes, Callable[[BinaryIO], Any]], ...]] = (
    (b"\x1f\x8b", lambda raw: gzip.GzipFile(fileobj=raw, mode="rb")),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"BZh", bz2.BZ2File),
)

_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"


class Unpacked(io.RawIOBase):
    """What is in a packed log; reading raises nothing but `OSError`."""

    def __init__(self, raw: BinaryIO, stream: Any) -> None:
        self._raw = raw
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next octets, up to so many; b"" at the end. Of what is damaged, all before it."""
        try:
            found: bytes = self._stream.read1(size)
            return found
        except OSError:
            raise
        except Exception as error:  # zlib.error, EOFError, LZMAError: whatever a library says
            raise OSError(0, f"{N_('it is damaged, or not whole yet')} ({error})") from error

    def close(self) -> None:
        """Close the file, too."""
        super().close()
        self._stream.close()
        self._raw.close()


def packing(first: bytes) -> Callable[[BinaryIO], Any] | None:
    """How a file that begins so is unpacked; None when it is plain.

    Raises:
        OSError: it is packed in a way that nobody here can undo.
    """
    if first.startswith(_ZSTANDARD):
        raise OSError(0, N_("it is packed by zstd; unpack it first"))
    return next((opener for magic, opener in _OPENERS if first.startswith(magic)), None)


def open_log(path: Path) -> tuple[BinaryIO, bool]:
    """Open a log from its beginning; returns it, and whether it is packed.

    Raises:
        OSError: it cannot be read.
    """
    raw = path.open("rb", buffering=0)
    try:
        opener = packing(os.pread(raw.fileno(), 6, 0))
    except OSError:
        raw.close()
        raise
    if opener is None:
        return cast(BinaryIO, raw), False
    return cast(BinaryIO, Unpacked(cast(BinaryIO, raw), opener(cast(BinaryIO, raw)))), True
