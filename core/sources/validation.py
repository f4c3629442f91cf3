"""Is a new database fit to take the place of the one in use?

Opening it proves little: a file whose search tree is damaged opens well and fails only when an
address is looked up (facts/data_sources.md 1.7). So the whole tree is walked, which takes some
seconds for a million networks and happens on the updater's time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import maxminddb
from msgspec import Struct

from core.errors import DataError
from core.sources.feeds.feed import day_of
from core.sources.reader import DAMAGE, Database, autonomous_system, country_code

FEWEST_COUNTRIES: Final = 200
FEWEST_SYSTEMS: Final = 1000
SMALLEST_SHARE: Final = 0.5
LARGEST_SHARE: Final = 1.5
"""From one release to the next the search tree grows or shrinks by a few percent."""

CANARIES: Final = ("8.8.8.8", "1.1.1.1", "9.9.9.9", "193.0.6.139")
"""Addresses in use for many years. One may be missing: some makers leave anycast addresses out."""


class Findings(Struct, frozen=True):
    """What was found out about a database that is fit.

    Attributes:
        vintage: the day on which its maker built it.
        entries: number of networks in it.
    """

    vintage: str
    entries: int


def check(name: str, path: Path, before: Path | None = None) -> Findings:
    """Walk through a database and compare it with the one that it is to replace.

    Args:
        name: ``country`` or ``asn``: what it has to know.
        path: the new file.
        before: the file in use, if it is an older edition of the same database; None otherwise.

    Raises:
        DataError: it is not fit; the text says why.
    """
    database = Database(path)
    try:
        if not database.is_open:
            raise DataError(database.problem)
        if before is not None:
            _compare(database, Database(before))
        read = country_code if name == "country" else _system_number
        entries, values = _walk(path, database.node_count, read)
        fewest = FEWEST_COUNTRIES if name == "country" else FEWEST_SYSTEMS
        what = "countries" if name == "country" else "autonomous systems"
        if len(values) < fewest:
            raise DataError(f"it knows only {len(values)} {what}")
        unknown = [canary for canary in CANARIES if not _knows(database, name, canary)]
        if len(unknown) > 1:
            raise DataError(f"it does not know {' and '.join(unknown)}")
        return Findings(day_of(database.build_epoch), entries)
    finally:
        database.close()


def _knows(database: Database, name: str, address: str) -> bool:
    if name == "country":
        return bool(database.country(4, address))
    return bool(database.autonomous_system(4, address)[0])


def _compare(new: Database, old: Database) -> None:
    """Refuse a step back in time, and a jump in size."""
    old.close()
    if not old.node_count:
        return
    if new.build_epoch < old.build_epoch:
        raise DataError(f"it is of {day_of(new.build_epoch)}, older than the one in use")
    if not SMALLEST_SHARE <= new.node_count / old.node_count <= LARGEST_SHARE:
        raise DataError(
            f"its size jumped: {new.node_count} nodes, {old.node_count} in the one in use"
        )


def _walk(path: Path, node_count: int, read: Callable[[object], object]) -> tuple[int, set[object]]:
    """Read every record; return how many there are, and the different values in them.

    A sound tree has one record more than nodes at most. A damaged one may lead in circles, and
    would then seem to have no end.
    """
    entries = 0
    values: set[object] = set()
    try:
        with maxminddb.open_database(str(path)) as reader:
            for _, record in reader:
                entries += 1
                if entries > 2 * node_count + 2:
                    raise DataError("its search tree leads in circles")
                value = read(record)
                if value:
                    values.add(value)
    except DAMAGE as error:
        raise DataError(f"it is damaged: {error}") from error
    return entries, values


def _system_number(record: object) -> int:
    return autonomous_system(record)[0]
