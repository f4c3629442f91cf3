"""The database behind the store: connections, transactions, and errors in words.

SQLite in WAL mode by default, so that the daemon writes while pages and commands read; PostgreSQL
where the URL names one. Knows nothing of what the tables mean.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import StoreError
from core.store.damage import damage

BUSY_SECONDS: Final = 10
"""How long a writer waits for another one before it gives up."""

CONNECT_SECONDS: Final = 5
"""How long a connection to PostgreSQL may take."""

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",
)

WRITE_LOCK: Final = 0x4D41494C
"""PostgreSQL advisory lock of all writers. Writers take turns, as in SQLite, so that numbers become
visible in order and a reader that follows them misses none."""


class Database:
    """An open database.

    Attributes:
        url: where it is, the password hidden.
        path: the file of a SQLite database, None for PostgreSQL.
        generation: grows when the file was replaced; what was remembered of it is then void.
        was_replaced: while it is prepared: another file, or none, stood where it was in use.
    """

    def __init__(self, url: str, prepare: Callable[[Database], None]) -> None:
        """Open it, without connecting yet.

        Args:
            url: ``sqlite:////path/of/file`` or ``postgresql://user:password@host/name``.
            prepare: makes the database usable; called by `make_ready`.

        Raises:
            StoreError: the URL is none, or its driver is not installed.
        """
        parsed = _parse(url)
        self.url = parsed.render_as_string(hide_password=True)
        self.path = Path(parsed.database or "") if _is_sqlite(parsed) else None
        self.generation = 0
        self.was_replaced = False
        self._prepare = prepare
        self._inode = 0
        self._guard = threading.RLock()
        self._engine = _connectable(parsed)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of our own."""
        return self.path is not None

    def make_ready(self) -> None:
        """Check and migrate the database, again when its file was replaced meanwhile.

        Raises:
            StoreError: it cannot be used; the text says why.
        """
        if self._inode and self._inode == self._present_inode():
            return
        with self._guard:
            if self._inode and self._inode == self._present_inode():
                return
            self._engine.dispose()
            self.was_replaced = bool(self._inode)
            with self._in_words("opened"):
                self._prepare(self)
            self.generation += 1
            self._inode = self._present_inode()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database throughout (SQLite).

        Raises:
            StoreError: the database cannot be read.
        """
        self.make_ready()
        with self._in_words("read"), self.unprepared_reading() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing when an exception leaves it.

        Args:
            durable: wait until it is on the disk. Otherwise the last few transactions may be lost
                with the power, though never with the process.

        Raises:
            StoreError: nothing was written; the text says why.
        """
        self.make_ready()
        with self._in_words("written"), self.unprepared_writing(durable=durable) as connection:
            yield connection

    @contextmanager
    def unprepared_reading(self) -> Iterator[Connection]:
        """As `reading`, for what prepares the database; errors are those of the driver."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def unprepared_writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """As `writing`, for what prepares the database; errors are those of the driver."""
        with self._engine.connect() as plain:
            connection = plain.execution_options(mailward_durable=durable, mailward_writes=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
                yield connection

    def maintaining(self, command: str) -> None:
        """Run a command of SQLite that must stand outside a transaction, to its end.

        Past SQLAlchemy, which does not go on with a command that returns rows without columns, as
        ``PRAGMA incremental_vacuum`` does for each page.
        """
        self.make_ready()
        with self._in_words("written"), closing(self._engine.raw_connection()) as connection:
            try:
                connection.cursor().executescript(command)
            except sqlite3.Error as error:
                raise DBAPIError(command, None, error) from error

    def examine(self) -> None:
        """Check a SQLite file, and prepare it anew if it is damaged.

        Raises:
            StoreError: it cannot be read, or not be replaced.
        """
        self.make_ready()
        if self.path is None:
            return
        with self._in_words("read"):
            found = damage(self.path)
        if found:
            self._mark_suspect()
            self.make_ready()

    def many(self, connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run one statement for many rows, past the layers that cost more than the row.

        Args:
            connection: from `writing`.
            sql: with ``?`` for each value, and no other ``?`` or ``%``.
            rows: their values; may be empty.
        """
        if rows:
            text = sql if self.is_sqlite else sql.replace("?", "%s")
            connection.exec_driver_sql(text, list(rows))

    def close(self) -> None:
        """Let go of all connections; SQLite then folds its log into the file."""
        self._engine.dispose()

    def suspect_mark(self) -> Path | None:
        """The file that asks the next `prepare`, by any process, for a thorough check."""
        return self.path and self.path.with_name(self.path.name + ".suspect")

    def _present_inode(self) -> int:
        if self.path is None:
            return 1
        try:
            return self.path.stat().st_ino
        except OSError:
            return 0

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # A connection keeps what it met when it was opened, such as a file that was read-only.
            self._engine.dispose()
            self._align_companions()
            raise StoreError(self._explain(what, str(error.orig))) from error
        except (OSError, SQLAlchemyError) as error:
            raise StoreError(f"the store {self.url} cannot be {what}: {error}") from error

    def _explain(self, what: str, said: str) -> str:
        said = " ".join(said.split())
        start = f"the store {self.url} cannot be {what}: "
        for symptom, meaning in _SYMPTOMS.items():
            if symptom in said:
                if meaning is _DAMAGED:
                    self._mark_suspect()
                return start + meaning.format(said=said)
        return start + said

    def _align_companions(self) -> None:
        """Give SQLite's log the bits of its file: it keeps those that the file had at that time."""
        if self.path is None:
            return
        for end in ("-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + end).chmod(self.path.stat().st_mode & 0o777)

    def _mark_suspect(self) -> None:
        """Have it checked before it is used again, by whatever process does that first."""
        self._inode = 0
        mark = self.suspect_mark()
        if mark is not None:
            with suppress(OSError):
                mark.touch()


_DAMAGED: Final = "it is damaged ({said}). It is set aside and a new one is made"

_SYMPTOMS: Final = {
    "disk is full": "the disk is full. Nothing was changed",
    "readonly database": "it is read-only for this user. Nothing was changed",
    "database is locked": f"another process kept it busy for {BUSY_SECONDS} s. Nothing was changed",
    "unable to open": "the file cannot be opened ({said}); check that its directory exists and "
    "belongs to the user of the service",
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
    "disk I/O error": "the disk fails or is full ({said}). Nothing was changed",
}


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"the store's URL cannot be understood: {error}") from error
    if _is_sqlite(parsed):
        if parsed.database in (None, "", ":memory:"):
            raise StoreError("the store's URL must name a file, as in sqlite:////path/of/file")
        return parsed
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(
        f"the store cannot be a {parsed.get_backend_name()} database; use sqlite or postgresql"
    )


def _connectable(url: URL) -> Engine:
    if _is_sqlite(url):
        options = {"timeout": BUSY_SECONDS, "isolation_level": None}
        engine = create_engine(url, connect_args=options)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(
            url, connect_args={"connect_timeout": CONNECT_SECONDS}, pool_pre_ping=True
        )
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            "the store is a PostgreSQL database, but its driver is not installed: "
            "pip install 'psycopg[binary]'"
        ) from error
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
        # Only a new file hears this, and only before WAL; any other would be written to in vain.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL").close()
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin in the right way: a writer that starts as a reader can fail when it begins to write."""
    options = connection.get_execution_options()
    if options.get("mailward_writes"):
        full = "FULL" if options.get("mailward_durable") else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={full}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _set_up_postgresql(connection: Any, _: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        cursor.execute("SET timezone = 'UTC'")
    connection.commit()
