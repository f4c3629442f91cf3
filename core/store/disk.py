"""Writing files so that they are really there: whole, on the disk, and owned by the right user.

Knows nothing of what the files mean.
"""

from __future__ import annotations

import os
from pathlib import Path


def read_all(descriptor: int) -> bytes:
    """The whole content of an open file, wherever it was read to."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read()


def write_all(descriptor: int, content: bytes, offset: int) -> None:
    """Write all of it at the offset; a short write is continued, not lost."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], offset + written)


def write_durably(path: Path, content: bytes) -> int:
    """Write a whole file and wait for the disk. A failure leaves no file.

    Returns:
        The open descriptor; closing it is the caller's.

    Raises:
        OSError: it could not be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, content, 0)
        os.fsync(descriptor)
        give_to_owner_of(path.parent, descriptor)
    except OSError:
        os.close(descriptor)
        path.unlink(missing_ok=True)
        raise
    return descriptor


def sync_directory(directory: Path) -> None:
    """Make a new or replaced name in the directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give_to_owner_of(directory: Path, descriptor: int) -> None:
    """Let a file that root makes belong to whom its directory belongs.

    A command that the administrator runs as root must not leave files behind that the daemon,
    which runs as a user of its own, cannot open.
    """
    if os.geteuid() == 0:
        owner = directory.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
