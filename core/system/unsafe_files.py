"""Reads, as root, what somebody who is not root may put there.

They could lay a link to what they must not see, a pipe at which root waits for ever, or more than
fits into memory.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path


def read(top: Path, steps: Sequence[str], most: int, owner: int | None = None) -> bytes:
    """The first octets of a regular file; no link is followed below `top`.

    Args:
        top: a folder that they cannot replace.
        steps: the names from there to the file.
        most: so many octets.
        owner: the number of the only user whose file will do; None for anybody's.

    Raises:
        OSError: there is no such file, or none that should be read.
        ValueError: a step is no name.
    """
    if any(step in ("", ".", "..") or "/" in step for step in steps):
        raise ValueError("a step is no name")
    kinds = [*(os.O_DIRECTORY for _ in steps[1:]), 0]
    descriptor = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step, kind in zip(steps, kinds, strict=True):
            inner = os.open(
                step,
                os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | kind,
                dir_fd=descriptor,
            )
            os.close(descriptor)
            descriptor = inner
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or owner not in (None, status.st_uid):
            raise OSError(errno.EPERM, "it is no regular file of who should have it")
        return os.read(descriptor, min(most, status.st_size))
    finally:
        os.close(descriptor)
