"""Keeps over a restart where the logs were left, and what doors have told just before.

Written once what was read is in the store, and replaced as a whole: it holds for what the store
has.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from core.daemon import kept_file
from core.daemon.log_hearsay import Kept
from core.maillog.bookmark import Bookmark


class LogMemory(Struct, frozen=True):
    """What is kept.

    Attributes:
        bookmark: where the logs were left, None where none was ever read.
        heard: what doors have told.
    """

    bookmark: Bookmark | None = None
    heard: Kept = Kept()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(LogMemory)


def save(path: Path, memory: LogMemory) -> str:
    """Write it; returns what went wrong, "" when nothing did."""
    return kept_file.write(
        path, (_encoder.encode(memory),), "where the logs were left was not kept"
    )


def restore(path: Path) -> tuple[LogMemory, str]:
    """Read it back; returns it, and what went wrong, "" when nothing did."""
    try:
        return _decoder.decode(path.read_bytes()), ""
    except FileNotFoundError:
        return LogMemory(), ""
    except OSError as error:
        return LogMemory(), f"where the logs were left could not be read: {error.strerror}"
    except (msgspec.DecodeError, ValueError) as error:
        return LogMemory(), f"where the logs were left was damaged ({error}): they go on now"
