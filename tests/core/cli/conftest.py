"""Fixtures of the command line's tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.cli.desk import Desk


@pytest.fixture
def run_directory() -> Iterator[Path]:
    """A short path: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="mw-") as name:
        yield Path(name)


@pytest.fixture
def desk(tmp_path: Path, run_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A place to run commands, without a daemon."""
    monkeypatch.delenv("SUDO_USER", raising=False)
    return Desk(tmp_path, run_directory)
