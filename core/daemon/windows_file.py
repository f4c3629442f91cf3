"""Keeps the send windows over a clean restart.

A crash loses them, which is lenient for one window's length; blocks are another matter and have
their ledger. The file holds ages, not times, so that a changed clock does no harm.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from core.engine.window import SendWindows


class Kept(Struct):
    """The file's content: when it was written (seconds since 1970), and each mail's age then."""

    written: float
    ages: dict[str, list[float]]


def save(path: Path, windows: SendWindows) -> str:
    """Write the windows; returns what went wrong, "" when nothing did."""
    kept = Kept(time.time(), windows.ages(time.monotonic()))
    temporary = path.with_suffix(".new")
    try:
        temporary.touch(mode=0o600)
        temporary.write_bytes(msgspec.msgpack.encode(kept))
        temporary.replace(path)
    except OSError as error:
        return f"the send windows were not kept: {error.strerror}"
    return ""


def restore(path: Path, windows: SendWindows) -> str:
    """Read the windows back, once; returns what went wrong, "" when nothing did."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"the send windows could not be read: {error.strerror}"
    with contextlib.suppress(OSError):
        path.unlink()
    try:
        kept = msgspec.msgpack.decode(raw, type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"the send windows were damaged and are left out: {error}"
    passed = max(0.0, time.time() - kept.written)
    windows.restore(
        {account: [age + passed for age in ages] for account, ages in kept.ages.items()},
        time.monotonic(),
    )
    return ""
