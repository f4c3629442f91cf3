"""The register of issued keys: JSON lines beside the private key, only ever added to.

It gives every key its number, and is what the vendor looks into when a customer asks.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from core.licence.key import LicenceKey


class RegisterError(Exception):
    """The register cannot be used; the text says why. No key was issued."""


class Entry(Struct, kw_only=True):
    """One issued key.

    Attributes:
        number, tier, panel, server, customer, issued, expires, grace_days: as in the key.
        signer: the name of the key that signed it.
        text: the key as it was handed out.
    """

    number: int
    tier: str
    panel: str
    server: str
    customer: str
    issued: int
    expires: int
    grace_days: int
    signer: str
    text: str


def entry(key: LicenceKey, signer: str, text: str) -> Entry:
    """The entry of a key."""
    return Entry(**msgspec.structs.asdict(key), signer=signer, text=text)


def read(path: Path) -> list[Entry]:
    """All entries, oldest first; none where there is no register yet.

    Raises:
        RegisterError: it cannot be read, or a line of it is damaged.
    """
    try:
        return _entries(path, path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegisterError(f"{path} cannot be read: {error.strerror}") from error


def add(path: Path, make: Callable[[int], Entry]) -> Entry:
    """Issue the next key. It is on the disk before anybody sees it, so no number is used twice.

    Args:
        path: the register; made if need be, readable for its owner only.
        make: makes the entry of the key with a number.

    Raises:
        RegisterError: it cannot be read or written, or a line of it is damaged.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            numbers = [each.number for each in _entries(path, file.read())]
            made = make(max(numbers, default=0) + 1)
            file.write(msgspec.json.encode(made) + b"\n")
            file.flush()
            os.fsync(descriptor)
            return made
    except OSError as error:
        raise RegisterError(f"{path} cannot be written: {error.strerror}") from error


def _entries(path: Path, content: bytes) -> list[Entry]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.DecodeError as error:
            raise RegisterError(f"{path}, line {number} is damaged: mend it first") from error
    return found
