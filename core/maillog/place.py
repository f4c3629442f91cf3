"""How far a log was read: enough to find the same file again, whatever it is called by then."""

from __future__ import annotations

import hashlib
from typing import BinaryIO, Final

from msgspec import Struct

HEAD: Final = 1024
"""Octets at the beginning of a log that tell it from every other: they hold times."""


class Place(Struct, frozen=True, array_like=True):
    """A place in a file.

    Attributes:
        device, inode: the file, until it is packed or copied.
        offset: octets that were read, up to the beginning of a line.
        head: digest of its first octets.
        length: how many of them.
        at: when the file had changed last, seconds since 1970.
        left: another file has its name, and it was read to its end.
    """

    device: int
    inode: int
    offset: int
    head: bytes = b""
    length: int = 0
    at: float = 0.0
    left: bool = False


def digest(first: bytes) -> bytes:
    """What stands for a file's first octets."""
    return hashlib.blake2b(first, digest_size=16).digest()


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """The next octets, as many as wished, fewer only at the end.

    Raises:
        OSError: the file cannot be read.
    """
    found = b""
    while len(found) < size:
        piece = stream.read(size - len(found))
        if not piece:
            break
        found += piece
    return found
