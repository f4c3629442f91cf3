"""Builds without a network: packages that have none of the libraries."""

from __future__ import annotations

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
