"""A lock between processes: whoever holds it is alone with a file.

The kernel drops it when the process ends, however it ends, so nobody has to clean up after a
crash. Advisory: it keeps Mailward's own processes apart and nobody else.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_POLL_SECONDS = 0.02


def lock(descriptor: int, wait: float = 0.0) -> bool:
    """Lock an open file for this process alone (flock(2)).

    Args:
        descriptor: the open file.
        wait: how many seconds to keep trying.

    Returns:
        False when another process still held it at the end.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True


def same_file(descriptor: int, path: Path) -> bool:
    """Tell whether the path still leads to this open file: it may have been replaced meanwhile."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
