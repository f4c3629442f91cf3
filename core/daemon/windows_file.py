"""Keeps the send windows over a clean restart.

A crash loses them, which is lenient for one window's length; blocks are another matter and have
their ledger. The file holds ages, not times, so that a changed clock does no harm. It is written
and read line by line: to make objects of a hundred thousand windows at once takes 40 MB.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from core.daemon import kept_file
from core.engine.window import SendWindows

_encoder = msgspec.json.Encoder()
_written = msgspec.json.Decoder(float)
"""The first line: when the file was written, in seconds since 1970."""
_account = msgspec.json.Decoder(tuple[str, list[float]])
"""Each other line: an account, and the age of each of its mails at that time, in seconds."""


def save(path: Path, windows: SendWindows) -> str:
    """Write the windows; returns what went wrong, "" when nothing did."""
    return kept_file.write(path, _lines(windows), "the send windows were not kept")


def _lines(windows: SendWindows) -> Iterator[bytes]:
    yield _encoder.encode(time.time()) + b"\n"
    for kept in windows.ages(time.monotonic()):
        yield _encoder.encode(kept) + b"\n"


def restore(path: Path, windows: SendWindows) -> str:
    """Read the windows back, once; returns what went wrong, "" when nothing did."""
    try:
        with path.open("rb") as file:
            path.unlink()
            _read(file, windows)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"the send windows could not be read: {error.strerror}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"the send windows were damaged; {len(windows)} accounts could be read: {error}"
    return ""


def _read(lines: Iterable[bytes], windows: SendWindows) -> None:
    rest = iter(lines)
    passed = max(0.0, time.time() - _written.decode(next(rest, b"")))
    now = time.monotonic()
    for line in rest:
        account, ages = _account.decode(line)
        windows.restore(account, [age + passed for age in ages], now)
