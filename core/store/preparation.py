"""Makes a database usable when it is opened: whole, of the newest shape, and never lost.

One process at a time does this. Where the file was damaged, the settings, their audit and the
history of blocks are carried over to the new one as far as they can be read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from core.errors import DataError, StoreError
from core.store import damage, settings_copy
from core.store.database import Database
from core.store.disk import give_to_owner_of
from core.store.lock import lock
from core.store.migration import is_usable, migrate
from core.store.schema import metadata
from core.store.settings import json_of

WAIT: Final = 60.0
"""Seconds to wait for another process that prepares the same database."""


class Preparation:
    """Prepares a database, and remembers what was wrong with it.

    Attributes:
        problem: what was found and done, "" when the database was sound.
    """

    def __init__(self) -> None:
        self.problem = ""

    def __call__(self, database: Database) -> None:
        """Prepare it.

        Raises:
            StoreError: it cannot be made usable.
        """
        if database.path is None:
            _bring_up_to_date(database)
            return
        with _alone(database.path.parent):
            self._prepare_file(database, database.path)

    def _prepare_file(self, database: Database, path: Path) -> None:
        missing = _is_missing(path)
        mark = path.with_name(path.name + ".mending")
        aside, found = self._check(path, database.suspect_mark())
        if aside is None:
            aside, found = _unfinished(mark)
        else:
            mark.write_text(aside.name)
        try:
            _make_file(path)
            _bring_up_to_date(database)
            carried = "" if aside is None else _carry_over_all(database, path, aside)
            copied = _take_the_copy(database, path) if missing else 0
        except BaseException:
            if aside is not None:  # so that the next attempt carries over what this one did not
                database.close()
                damage.put_back(aside, path)
                mark.unlink(missing_ok=True)
            raise
        mark.unlink(missing_ok=True)
        if aside is not None:
            self.problem = (
                f"the store {path} was damaged ({found}). It was set aside as {aside} "
                f"and a new one was made. Carried over: {carried}"
            )
        elif copied:
            self.problem = (
                f"the store {path} was gone. A new one was made, with {copied} "
                "settings from the daemon's copy"
            )
        elif database.was_replaced:
            self.problem = (
                f"the store {path} was taken away or replaced while it was in use; what it held "
                "is not shown any more"
            )

    def _check(self, path: Path, mark: Path | None) -> tuple[Path | None, str]:
        if not path.exists():
            return None, ""
        marked = mark is not None and mark.exists()
        found = damage.damage(path, thorough=marked)
        aside = damage.set_aside(path, time.time()) if found else None
        if marked and mark is not None:
            with suppress(OSError):
                mark.unlink()
        return aside, found


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other processes of ours from preparing a database in the same directory."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not lock(descriptor, WAIT):
            raise StoreError(
                f"another process has been preparing the store in {directory} for "
                f"{WAIT:.0f} s; try again when it has ended"
            )
        yield
    finally:
        os.close(descriptor)


def _make_file(path: Path) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            give_to_owner_of(path.parent, descriptor)
        finally:
            os.close(descriptor)


def _bring_up_to_date(database: Database) -> None:
    with database.unprepared_reading() as connection:
        if is_usable(connection):
            return
    with database.unprepared_writing() as connection:
        migrate(connection)


def _unfinished(mark: Path) -> tuple[Path | None, str]:
    """The damaged file that a process which was killed had set aside but not carried over."""
    try:
        aside = mark.with_name(mark.read_text())
    except (OSError, ValueError):
        return None, ""
    return (aside, "mending it was cut short") if aside.is_file() else (None, "")


def _is_missing(path: Path) -> bool:
    try:
        log = path.with_name(path.name + "-wal")
        return path.stat().st_size == 0 and not log.exists()
    except FileNotFoundError:
        return True


def _take_the_copy(database: Database, path: Path) -> int:
    """A store that is missing where a daemon has run before was lost; returns how many settings."""
    with database.unprepared_writing() as connection:
        return _fill_up(connection, path.with_name(settings_copy.NAME))


def _carry_over_all(database: Database, path: Path, aside: Path) -> str:
    with database.unprepared_writing() as connection:
        counts = [_carry_over(connection, aside, table) for table in damage.SAVED]
        copied = _fill_up(connection, path.with_name(settings_copy.NAME))
    more = f"; {copied} more settings are from the daemon's copy" if copied else ""
    return f"{counts[0]} settings, {counts[1]} entries of their audit, {counts[2]} blocks{more}"


def _fill_up(connection: Connection, copy: Path) -> int:
    """Take settings that could not be read any more from the daemon's copy; returns how many."""
    try:
        scopes = settings_copy.read(copy)
    except (FileNotFoundError, DataError):
        return 0
    rows = [
        {"level": level, "scope": scope, "name": name, "value": json_of(value)}
        for (level, scope), values in scopes.items()
        for name, value in values.items()
    ]
    insert = text(
        "INSERT INTO settings (level, scope, name, value) VALUES (:level, :scope, :name, :value) "
        "ON CONFLICT DO NOTHING"
    )
    return sum(connection.execute(insert, row).rowcount for row in rows)


def _carry_over(connection: Connection, aside: Path, table: str) -> int:
    """Copy the rows that can be read and make sense; returns how many."""
    columns = [column.name for column in metadata.tables[table].columns]
    names = ", ".join(columns)
    marks = ", ".join(f":{name}" for name in columns)
    insert = text(
        f"INSERT INTO {table} ({names}) VALUES ({marks}) "  # noqa: S608  # our own names
        "ON CONFLICT DO NOTHING"
    )
    copied = 0
    for row in damage.rows(aside, table):
        if set(columns) <= set(row) and _makes_sense(table, row):
            copied += connection.execute(insert, {name: row[name] for name in columns}).rowcount
    return copied


def _makes_sense(table: str, row: dict[str, Any]) -> bool:
    """Whether the row has the types that its columns ask for; SQLite itself does not insist."""
    for column in metadata.tables[table].columns:
        value = row[column.name]
        if value is None and column.nullable:
            continue
        expected = column.type.python_type
        if not isinstance(value, (expected, int) if expected is float else expected):
            return False
    if table != "settings":
        return True
    try:
        msgspec.json.decode(row["value"])
    except msgspec.DecodeError:
        return False
    return True
