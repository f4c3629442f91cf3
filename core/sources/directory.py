"""The data directory: what lies where in it, and how a file there is replaced without a gap.

::

    country.mmdb   country.mmdb.1   country.json   country.json.1
    asn.mmdb       ...
    ranges/aws.json   ranges/aws.json.1
    lock

``.1`` is the copy before. A database is mapped into the memory of a running daemon, so it is never
written in place: the new file is made beside it, forced to disk, and takes its name in one step.
Whether a file deserves its place is checked by others.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from core.errors import DataError

DATABASES: Final = ("country", "asn")
"""Names of the two databases."""

_DAY: Final = 24 * 3600

RANGES: Final = "ranges"
"""Folder of the accepted ranges of each feed."""


def database_path(directory: Path, name: str) -> Path:
    """Return where the database ``country`` or ``asn`` lies."""
    return directory / f"{name}.mmdb"


def receipt_path(directory: Path, name: str) -> Path:
    """Return where it is written down from where a database came, and when."""
    return directory / f"{name}.json"


def ranges_path(directory: Path, name: str) -> Path:
    """Return where the accepted ranges of a feed lie."""
    return directory / RANGES / f"{name}.json"


def previous_path(path: Path) -> Path:
    """Return where the copy before the one at this path is kept."""
    return path.with_name(f"{path.name}.1")


def temporary_path(path: Path) -> Path:
    """Return a name beside a file, in the same file system, under which its successor is made."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def write(path: Path, content: bytes, *, keep: bool = True) -> None:
    """Put content in place of a file in one step.

    Args:
        path: the file; its folder is made.
        content: what shall be in it.
        keep: let what was there become the copy before. Not for a mere note in the margin.

    Raises:
        OSError: it could not be written; what was there is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(path)
    try:
        temporary.write_bytes(content)
        put(temporary, path, keep=keep)
    finally:
        temporary.unlink(missing_ok=True)


def put(temporary: Path, path: Path, *, keep: bool = True) -> None:
    """Give a finished file its final name; what had that name becomes the copy before.

    At every moment the name exists, with the old or the new content whole.

    Raises:
        OSError: it could not be done; what was there is still there.
    """
    _force_to_disk(temporary)
    if keep:
        _keep(path)
    temporary.replace(path)
    _force_to_disk(path.parent)


def put_new(temporary: Path, path: Path) -> bool:
    """Give a finished file its final name if nothing has it; False, changing nothing, otherwise.

    Raises:
        OSError: it could not be done.
    """
    _force_to_disk(temporary)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    _force_to_disk(path.parent)
    return True


def _keep(path: Path) -> None:
    """Make the copy before a second name of the present file; the present name never goes away."""
    if not path.exists():
        return
    spare = temporary_path(previous_path(path))
    spare.unlink(missing_ok=True)
    spare.hardlink_to(path)
    spare.replace(previous_path(path))


def swap_back(path: Path) -> bool:
    """Exchange a file and its copy before; False when there is none.

    Raises:
        OSError: it could not be done; the present file is still in place.
    """
    previous = previous_path(path)
    if not previous.exists():
        return False
    temporary = temporary_path(path)
    temporary.unlink(missing_ok=True)
    temporary.hardlink_to(previous)
    put(temporary, path)
    return True


def _force_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(directory: Path, now: float) -> None:
    """Remove unfinished files of updaters that were killed, once they are a day old.

    Args:
        directory: the data directory.
        now: seconds since 1970.
    """
    for folder in (directory, directory / RANGES):
        for path in folder.glob(".*.tmp*"):
            with suppress(OSError):
                if now - path.stat().st_mtime > _DAY:
                    path.unlink()


class Busy(DataError):
    """Another updater is at work in the directory."""


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep a second updater out of the directory for as long as the block runs.

    The lock belongs to the open file, so it never outlives a process that was killed.

    Raises:
        Busy: another one is at work there.
        DataError: the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DataError(f"{directory} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise Busy(f"another update is at work in {directory}") from error
    try:
        yield
    finally:
        os.close(descriptor)
