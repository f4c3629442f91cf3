"""Fixtures of the desk's tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.desk.office import Office


@pytest.fixture
def run_directory() -> Iterator[Path]:
    """A short path: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="mw-") as name:
        yield Path(name)


@pytest.fixture
def office(tmp_path: Path, run_directory: Path) -> Office:
    """A place for desks, without a daemon."""
    return Office(tmp_path, run_directory)
