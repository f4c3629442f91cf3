"""Changes by root in a folder that belongs to somebody else, who may put links where files were.

The daemon is not root, and whoever has taken it over must not get root to change, or to delete,
what is elsewhere. So nothing here follows a link, and everything is done to what was opened, by
its descriptor: between looking and acting, a name may have been given to something else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

_LOOK: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def hand_over(folder: Path, uid: int, gid: int, spared: Collection[int] = ()) -> None:
    """Give a folder, and all folders and files in it, to somebody.

    Links, sockets and files with a second name elsewhere stay whose they are. The way to the
    folder itself is trusted; only what is in it is not.

    Args:
        folder: which.
        uid, gid: to whom.
        spared: users whose files stay theirs.

    Raises:
        OSError: it is not there, or its file system does not do it.
    """
    # fwalk goes into no link either, and looks again at what it has opened.
    for _, _, files, descriptor in os.fwalk(folder.resolve()):
        _give(descriptor, uid, gid, spared)
        for name in files:
            give(name, uid, gid, spared, descriptor)


def give(
    name: str | Path, uid: int, gid: int, spared: Collection[int] = (), within: int | None = None
) -> bool:
    """Give one file to somebody, unless it is a link or has a second name; returns whether it was.

    Args:
        name: the file; below the folder `within`, where that is given, a folder's descriptor.
        uid, gid: to whom.
        spared: users whose files stay theirs.
        within: see name.
    """
    try:
        descriptor = os.open(name, _LOOK, dir_fd=within)
    except OSError:
        return False  # a link, a socket, or gone by now
    try:
        return _give(descriptor, uid, gid, spared)
    finally:
        os.close(descriptor)


def _give(descriptor: int, uid: int, gid: int, spared: Collection[int]) -> bool:
    status = os.fstat(descriptor)
    whole = stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_nlink == 1)
    if not whole:
        return False
    if status.st_uid not in (uid, *spared):
        os.fchown(descriptor, uid, gid)
    return True


def empty(folder: Path) -> list[str]:
    """Remove the files, links and sockets in a folder that is none itself behind a link.

    What cannot be removed stays, and so do folders.

    Returns:
        The names of what was removed.
    """
    removed: list[str] = []
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError:
        return removed
    try:
        for name in os.listdir(descriptor):  # noqa: PTH208  only it takes a descriptor
            with suppress(OSError):
                os.unlink(name, dir_fd=descriptor)
                removed.append(name)
    finally:
        os.close(descriptor)
    return removed


def append(path: Path, text: str) -> None:
    """Write at the end of a file, which is made where there is none.

    Raises:
        OSError: it does not work, or a link or no file of its own stands there.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o640)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise OSError(f"{path} is not a file of its own")
        file.write(text)
