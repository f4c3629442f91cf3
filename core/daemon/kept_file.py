"""Writes what the daemon keeps over a restart: all of it or nothing, for its own eyes.

What is in a file, and how it is read back, is said by whoever keeps it. Nothing here is forced to
disk: what is kept so may be lost in a crash.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path


def write(path: Path, pieces: Iterable[bytes], complaint: str) -> str:
    """Put the pieces, one after the other, in the place of what is there.

    Args:
        path: the file; only our own user may read it.
        pieces: its content; each is written before the next one is made.
        complaint: what to say when it does not work, without the reason: "… was not kept".

    Returns:
        The complaint with its reason, and the old file is as it was; "" when all went well.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.writelines(pieces)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        return f"{complaint}: {error.strerror}"
    return ""
