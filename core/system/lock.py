"""One change at a time: two plans at once would undo each other's files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import PlanError


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the lock of a state directory, which is made if need be, readable for its owner only.

    The kernel drops the lock with the process, however that ends.

    Raises:
        PlanError: another process holds it.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode() or "unknown"
            raise PlanError(f"another change is under way (process {holder}); try again") from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
