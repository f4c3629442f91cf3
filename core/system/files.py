"""Files that change all at once or not at all.

A new content is written beside the old one, forced to disk, and renamed over it: a crash or a full
disk leaves the old file whole (rename(2) is atomic). Owner, mode and extended attributes stay.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class FileState:
    """Everything about a file that a change could lose, except its times.

    Attributes:
        data: its bytes.
        mode: its permission bits.
        uid, gid: its owner.
        attributes: extended attributes (SELinux label, ACL), by name.
    """

    data: bytes
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    attributes: tuple[tuple[str, bytes], ...] = ()

    def holding(self, data: bytes) -> FileState:
        """The same file with another content."""
        return replace(self, data=data)


def read(path: Path) -> FileState | None:
    """The file as it is; None when there is none.

    Raises:
        OSError: it is no regular file, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            attributes = tuple(
                (name, os.getxattr(file.fileno(), name)) for name in os.listxattr(file.fileno())
            )
            return FileState(
                file.read(), status.st_mode & 0o7777, status.st_uid, status.st_gid, attributes
            )
    except FileNotFoundError:
        return None


def write(path: Path, state: FileState, age: float = 0) -> None:
    """Put `state` in the place of whatever is at `path`, in one step.

    Args:
        age: seconds by which its modification time is set back.

    Raises:
        OSError: it did not work (disk full, no permission); the old file is untouched.
    """
    beside = temporary(path)
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(state.data)
            file.flush()
            _dress(descriptor, state)
            if age:
                then = time.time() - age
                os.utime(descriptor, (then, then))
            os.fsync(descriptor)
        os.replace(beside, path)  # noqa: PTH105  the tests count this call to cut a change short
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def remove(path: Path) -> None:
    """Delete the file, if it is there, for good."""
    temporary(path).unlink(missing_ok=True)
    if path.exists():
        path.unlink()
        sync_directory(path.parent)


def dress_directory(path: Path, mode: int, uid: int, gid: int) -> None:
    """Give a folder its owner and mode; a link to a folder is none.

    Raises:
        OSError: it is not there, or is a link, which somebody may have put in the folder's place.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(descriptor, uid, gid)
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def temporary(path: Path) -> Path:
    """Where a new content is written first.

    Always the same name, so that what a crash left there is overwritten by the next attempt; and
    one that no `*.conf` pattern of a mail server includes.
    """
    return path.with_name(f".{path.name}.mailward-new")


def sync_directory(path: Path) -> None:
    """Force the names in a directory to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def decode(data: bytes) -> str:
    """The bytes of a configuration file as text, so that `encode` gives the same bytes back."""
    return data.decode(errors="surrogateescape")


def encode(text: str) -> bytes:
    """The inverse of `decode`."""
    return text.encode(errors="surrogateescape")


def _dress(descriptor: int, state: FileState) -> None:
    status = os.fstat(descriptor)
    if (status.st_uid, status.st_gid) != (state.uid, state.gid):
        os.fchown(descriptor, state.uid, state.gid)
    os.fchmod(descriptor, state.mode)
    present = {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    for name, value in state.attributes:
        if present.get(name) != value:
            os.setxattr(descriptor, name, value)
