"""A secret that two programs of one server share, in a file of its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read(path: Path) -> str:
    """Read the secret, and make it when there is none.

    Only its owner may read the file. When root makes it, it belongs to whom its folder belongs:
    the daemon, which runs as a user of its own, must be able to read it.

    Raises:
        OSError: it can be neither read nor made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return _text(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        secret = secrets.token_hex(32)
        file.write(f"{secret}\n")
    return secret


def look(path: Path) -> str:
    """Read the secret, "" when there is none: whoever only looks makes nothing.

    Raises:
        OSError: it is there, and cannot be read.
    """
    try:
        return _text(path)
    except FileNotFoundError:
        return ""


def _text(path: Path) -> str:
    # Root reads it, too, in a folder of the daemon's: what a link leads to is no secret of ours.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, encoding="ascii") as file:
        return file.read().strip()
