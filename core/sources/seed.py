"""Puts the databases that come with Mailward into the data directory, where none is yet.

A fresh installation so answers at once, before anything was downloaded. What is there already is
kept, unless it cannot be read or is itself an older seed.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources.reader import Database
from core.sources.receipt import Receipt

SEEDS: Final = Path(__file__).parent.parent / "data" / "seed"

PROVIDER: Final = "seed"
"""The provider that the receipt of a seed names."""


class _Seed(Struct, frozen=True):
    """What ``seed.json`` says of one database: its day, number of networks and checksum."""

    vintage: str
    entries: int
    sha256: str


def plant(directory: Path, seeds: Path = SEEDS) -> tuple[str, ...]:
    """Put each database in place that is missing, unreadable or an older seed.

    Takes half a second when there is something to do, and next to nothing otherwise. A package may
    be built without seeds; then there is nothing to do.

    Args:
        directory: the data directory; it is made if it is missing.
        seeds: the folder with the packed databases.

    Returns:
        the names of the databases that were put in place.

    Raises:
        DataError: a seed is damaged, or the directory cannot be written. The daemon runs on
            without; its status says what is missing.
    """
    try:
        described = msgspec.json.decode((seeds / "seed.json").read_bytes(), type=dict[str, _Seed])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"the seed databases cannot be read: {error}") from error
    try:
        return tuple(
            name
            for name, seed in described.items()
            if _wanted(directory, name, seed) and _plant(directory, name, seed, seeds)
        )
    except OSError as error:
        raise DataError(f"the seed databases cannot be put in place: {error}") from error


def _wanted(directory: Path, name: str, seed: _Seed) -> bool:
    path = places.database_path(directory, name)
    if not path.exists():
        return True
    database = Database(path)
    database.close()
    receipt = receipts.load(directory, name)
    from_seed = receipt is not None and receipt.provider == PROVIDER
    older = receipt is not None and receipt.vintage < seed.vintage
    return database.node_count == 0 or (from_seed and older)


def _plant(directory: Path, name: str, seed: _Seed, seeds: Path) -> bool:
    """Unpack one database; False when somebody else put one there meanwhile."""
    path = places.database_path(directory, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = places.temporary_path(path)
    try:
        temporary.write_bytes(_unpacked(seeds / f"{name}.mmdb.xz", seed))
        return _put(directory, name, seed, temporary)
    finally:
        temporary.unlink(missing_ok=True)


def _put(directory: Path, name: str, seed: _Seed, temporary: Path) -> bool:
    path = places.database_path(directory, name)
    try:
        with places.locked(directory):
            if not _wanted(directory, name, seed):
                return False
            places.put(temporary, path)
            now = time.time()
            receipt = Receipt(PROVIDER, seed.vintage, now, entries=seed.entries, sha256=seed.sha256)
            receipts.save(directory, name, receipt)
            return True
    except places.Busy:
        # An update is at work and will bring newer data, but it may take a while or fail.
        return places.put_new(temporary, path)


def _unpacked(packed: Path, seed: _Seed) -> bytes:
    import lzma  # noqa: PLC0415  for the first start of all

    try:
        content = lzma.decompress(packed.read_bytes())
    except (lzma.LZMAError, EOFError) as error:
        raise DataError(f"{packed.name} is damaged: {error}") from error
    if hashlib.sha256(content).hexdigest() != seed.sha256:
        raise DataError(f"{packed.name} is damaged: its checksum differs")
    return content
