"""Keeps over a clean restart where accounts log in from (`core.engine.stolen`).

A crash loses it, which is lenient: accounts are looked at anew, with what the store knows of their
past. Written and read line by line, as the send windows are.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from core.daemon import kept_file
from core.engine.stolen.lookout import Lookout, Memory

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Memory)


def save(path: Path, lookout: Lookout) -> str:
    """Write what the lookout knows; returns what went wrong, "" when nothing did."""
    lines = (_encoder.encode(memory) + b"\n" for memory in lookout.dump())
    return kept_file.write(path, lines, "where accounts log in from was not kept")


def restore(path: Path, lookout: Lookout) -> str:
    """Read it back, once; returns what went wrong, "" when nothing did."""
    try:
        with path.open("rb") as file:
            path.unlink()
            for line in file:
                lookout.restore(_decoder.decode(line))
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"where accounts log in from could not be read: {error.strerror}"
    except (msgspec.DecodeError, ValueError) as error:
        return f"where accounts log in from was damaged; {len(lookout)} could be read: {error}"
    return ""
