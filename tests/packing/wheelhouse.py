"""Builds without a network: small libraries, and packages that have none."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from packing import wheels

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pytest


def without_libraries(patch: pytest.MonkeyPatch) -> None:
    """Let nothing be fetched: every target has no libraries."""

    def fetch(
        _lock: Path, pythons: Collection[str], machines: Collection[str], *_: Any, **__: Any
    ) -> dict[str, list[Path]]:
        return {f"{python}-{machine}": [] for python in pythons for machine in machines}

    patch.setattr(wheels, "fetch", fetch)


def make_wheel(path: Path, name: str) -> None:
    """A wheel with one empty module."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "")
        info = f"{name}-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
