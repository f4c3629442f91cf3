"""The outlines of the countries as they are kept."""

from __future__ import annotations

from pathlib import Path

import msgspec

import core.data
from core.data.world import World


def test_what_is_kept_is_what_would_be_written() -> None:
    """Whoever writes the file and whoever reads it mean the same by it."""
    kept = (Path(core.data.__file__).parent / "world.json").read_bytes()
    world = msgspec.json.decode(kept, type=World)
    assert msgspec.json.format(msgspec.json.encode(world), indent=1) + b"\n" == kept
