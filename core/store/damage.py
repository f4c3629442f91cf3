"""A damaged SQLite file: noticed when the store is opened, set aside, and saved from what it can.

Nothing is ever deleted: the file stays beside the new one for whoever wants to look at it.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

SAVED: Final = ("settings", "audit", "blocks", "preferences", "tokens")
"""Tables whose rows are carried over from a damaged file."""

SMALL: Final = (*SAVED, "kinds", "alembic_version")
"""Tables that are always checked whole: what people entered must not rot unnoticed."""

COMPANIONS: Final = ("", "-wal", "-shm")
THOROUGH_SIZE: Final = 16 * 1024 * 1024
"""Up to this size the whole file is checked each time; it takes some 30 ms."""


def damage(path: Path, *, thorough: bool = False) -> str:
    """What is wrong with the file, "" when nothing is found.

    A large file is checked where it counts (its header, its length, the tables that people filled),
    because reading gigabytes would delay the start; `thorough` reads all of it. That a file is cut
    off SQLite finds when it opens it: the header has the count of pages
    (https://www.sqlite.org/fileformat.html 1.3.7).

    Raises:
        OSError: the file is there but cannot be read.
    """
    size = path.stat().st_size
    if size == 0:
        log = path.with_name(path.name + "-wal")
        return "it is empty, but has a log" if log.exists() and log.stat().st_size else ""
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    # Only ever read through SQLite: whoever closes a descriptor of his own drops all locks that his
    # process holds on the file (fcntl(2); https://www.sqlite.org/howtocorrupt.html 2.2). Another
    # process then throws the log away under the hands of those who still use it.
    try:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
            return _unsound(connection, whole=thorough or size <= THOROUGH_SIZE)
    except sqlite3.DatabaseError as error:
        # Anything else (no permission, busy) is no damage; opening it will say what it is.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            return "it is not a SQLite database"
        return str(error) if code == sqlite3.SQLITE_CORRUPT else ""


def set_aside(path: Path, now: float) -> Path:
    """Give the file and its companions another name; returns the new name.

    Args:
        path: the damaged file.
        now: seconds since 1970, for the name.
    """
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for companion in COMPANIONS:
        old = path.with_name(path.name + companion)
        if old.exists():
            old.rename(aside.with_name(aside.name + companion))
    return aside


def put_back(aside: Path, path: Path) -> None:
    """Undo `set_aside`; what was begun in the file's place is dropped."""
    for companion in COMPANIONS:
        path.with_name(path.name + companion).unlink(missing_ok=True)
    for companion in COMPANIONS:
        old = aside.with_name(aside.name + companion)
        if old.exists():
            old.rename(path.with_name(path.name + companion))


def rows(path: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table that can still be read; a damaged stretch ends them."""
    # As immutable, SQLite makes no files beside it; but then it does not look into the log either.
    how = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  # from SAVED
                yield dict(row)
    except sqlite3.DatabaseError:
        return


def _unsound(connection: sqlite3.Connection, *, whole: bool) -> str:
    checks = ["PRAGMA quick_check(1)"]
    if not whole:
        present = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
        checks = [f"PRAGMA quick_check({table})" for table in SMALL if table in present]
    for check in checks:
        verdict = str(connection.execute(check).fetchone()[0])
        if verdict != "ok":
            return " ".join(verdict.split())
    return ""
