"""The file by which the daemon, which is not root, says whom root shall ban.

Root trusts nothing in it: it is bounded, read without following links, and every address is looked
at again (`core.system.ban_choice`). What can be banned at all is so little that whoever has taken
over the daemon can do no more harm by it than by refusing the same people.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.settings.ban import Action

NAME: Final = "bans.json"
"""In the state directory."""

FORMAT: Final = 1

MOST_OCTETS: Final = 8_000_000


class Ban(Struct, frozen=True):
    """An address that shall be shut out.

    Attributes:
        address: an address, or a network as ``2001:db8::/64``.
        until: seconds since 1970.
    """

    address: str
    until: float


class Bans(Struct, frozen=True):
    """All of them.

    Attributes:
        action: who bans; with "off" there are none.
        smtp: whether port 25 is shut, too.
        bans: whom.
        format: of the file.
    """

    action: Action = "off"
    smtp: bool = False
    bans: tuple[Ban, ...] = ()
    format: int = FORMAT


def write(path: Path, bans: Bans) -> None:
    """Put the file in place, whole; readable for the owner and the group.

    Raises:
        OSError: it did not work; the old one is untouched.
    """
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(bans))
    fresh.replace(path)


def read(path: Path) -> Bans:
    """What the file says; nobody is banned where there is none.

    Raises:
        DataError: it cannot be used; the text says why.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Bans()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DataError(f"{path}: is no plain file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MOST_OCTETS + 1)
    if len(data) > MOST_OCTETS:
        raise DataError(f"{path}: is larger than {MOST_OCTETS} octets")
    try:
        found = msgspec.json.decode(data, type=Bans)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path}: {error}") from error
    if found.format != FORMAT:
        raise DataError(f"{path}: has format {found.format}; this version reads {FORMAT}")
    return found
