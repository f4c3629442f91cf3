"""One change at a time: two plans at once would undo each other's files."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.errors import PlanError

PATIENCE: Final = 60.0
"""Seconds to wait for another change. Root looks by itself after every change of the mail server's
files, so that a change made by hand meets one often; each takes seconds."""

PAUSE: Final = 0.1

FILE: Final = "lock"
"""In the state directory."""


@contextmanager
def only_one(state: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a state directory, which is made if need be, readable for its owner only.

    The kernel drops the lock with the process, however that ends.

    Args:
        state: the directory.
        patience: seconds to wait for whoever holds it.

    Raises:
        PlanError: another process still holds it.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(state / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, time.monotonic() + patience)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, ends: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                holder = os.pread(descriptor, 20, 0).decode() or "unknown"
                said = f"another change is under way (process {holder}); try again"
                raise PlanError(said) from None
            time.sleep(PAUSE)
        else:
            return
