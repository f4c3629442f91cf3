"""Is a new database fit to take the place of the one in use?

Opening it proves little: a file whose search tree is damaged opens well and fails only when an
address is looked up (facts/data_sources.md 1.7). So it is read from end to end, and compared with
the one in use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from core.errors import DataError
from core.sources.feeds.feed import day_of
from core.sources.reader import Database
from core.sources.walk import Report, walk_apart

FEWEST_COUNTRIES: Final = 200
FEWEST_SYSTEMS: Final = 1000
SMALLEST_SHARE: Final = 0.5
LARGEST_SHARE: Final = 1.5
"""From one release to the next the search tree grows or shrinks by a few percent."""


class Findings(Struct, frozen=True):
    """What was found out about a database that is fit.

    Attributes:
        vintage: the day on which its maker built it.
        entries: number of networks in it.
    """

    vintage: str
    entries: int


def check(name: str, path: Path, before: Path | None = None) -> Findings:
    """Read through a database, and compare it with the one that it is to replace.

    Args:
        name: ``country`` or ``asn``: what it has to know.
        path: the new file.
        before: the file in use, if it is an older edition of the same database; None otherwise.

    Raises:
        DataError: it is not fit; the text says why.
    """
    report = walk_apart(name, path)
    if report.problem:
        raise DataError(report.problem)
    fewest = FEWEST_COUNTRIES if name == "country" else FEWEST_SYSTEMS
    if report.values < fewest:
        what = "countries" if name == "country" else "autonomous systems"
        raise DataError(f"it knows only {report.values} {what}")
    # One may be missing: some makers leave addresses out that are announced all over the world.
    if len(report.unknown) > 1:
        raise DataError(f"it does not know {' and '.join(report.unknown)}")
    if before is not None:
        _compare(report, before)
    return Findings(day_of(report.build_epoch), report.entries)


def _compare(new: Report, before: Path) -> None:
    """Refuse a step back in time, and a jump in size."""
    old = Database(before)
    old.close()
    if not old.node_count:
        return
    if new.build_epoch < old.build_epoch:
        raise DataError(f"it is of {day_of(new.build_epoch)}, older than the one in use")
    if not SMALLEST_SHARE <= new.node_count / old.node_count <= LARGEST_SHARE:
        raise DataError(
            f"its size jumped: {new.node_count} nodes, {old.node_count} in the one in use"
        )
