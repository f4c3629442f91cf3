"""Fixtures: daemons that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.running import RunningDaemon

NewDaemon = Callable[..., RunningDaemon]


@pytest.fixture
def new_daemon(tmp_path: Path) -> Iterator[NewDaemon]:
    """Makes daemons that are not started yet; arguments as for `RunningDaemon`."""
    with ExitStack() as ends:

        def make(*args: Any, name: str = "d", **options: Any) -> RunningDaemon:
            daemon = RunningDaemon(tmp_path / name, *args, **options)
            ends.push(daemon)
            return daemon

        yield make
