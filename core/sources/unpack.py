"""Takes a database out of the archive in which it comes, and trusts nothing in the archive.

Bounded in size whatever the archive promises; names inside it are looked at, never used.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Final

from core.errors import DataError

LARGEST: Final = 512 * 1024 * 1024
"""No country or ASN database is larger than this, in bytes."""

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1024 * 1024
_BROKEN: Final = (OSError, EOFError, zlib.error, tarfile.TarError, ValueError)


def gunzip(packed: Path, target: Path, largest: int = LARGEST) -> None:
    """Unpack a gzip file.

    Raises:
        DataError: it is damaged, cut short, or larger than it may be.
    """
    try:
        with gzip.open(packed, "rb") as source, target.open("wb") as sink:
            copy(source, sink, largest)
    except _BROKEN as error:
        raise DataError(f"the archive is damaged: {error}") from error


def plain(source: Path, target: Path, largest: int = LARGEST) -> None:
    """Copy a file, unpacked if it is a gzip file.

    Some servers unpack on the way what they were asked for packed.

    Raises:
        DataError: it is a damaged gzip file, or larger than it may be.
        OSError: it cannot be read or written.
    """
    with source.open("rb") as content:
        packed = content.read(len(_GZIP)) == _GZIP
    if packed:
        gunzip(source, target, largest)
        return
    with source.open("rb") as content, target.open("wb") as sink:
        copy(content, sink, largest)


def untar(archive: Path, target: Path, largest: int = LARGEST) -> None:
    """Take the one ``.mmdb`` file out of a tar archive that is not compressed any more.

    Raises:
        DataError: it is damaged, or holds anything but plain files and folders with harmless names,
            or not exactly one database.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            source = tar.extractfile(_database(tar))
            if source is None:
                raise DataError("the archive holds no database")
            with source, target.open("wb") as sink:
                copy(source, sink, largest)
    except _BROKEN as error:
        raise DataError(f"the archive is damaged: {error}") from error


def _database(tar: tarfile.TarFile) -> tarfile.TarInfo:
    found: list[tarfile.TarInfo] = []
    for member in tar:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or "\\" in member.name:
            raise DataError(f"the archive has a member with a hostile name: {member.name[:80]!r}")
        if not (member.isfile() or member.isdir()):
            raise DataError(f"the archive has a member that is no file: {member.name[:80]!r}")
        if member.isfile() and path.suffix == ".mmdb":
            found.append(member)
    if len(found) != 1:
        raise DataError(f"the archive holds {len(found)} databases, not one")
    return found[0]


def copy(source: IO[bytes] | gzip.GzipFile, sink: IO[bytes], largest: int = LARGEST) -> None:
    """Copy until the end.

    Raises:
        DataError: there is more than there may be.
    """
    copied = 0
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        if copied > largest:
            raise DataError(f"it unpacks to more than {largest} bytes")
        sink.write(chunk)
