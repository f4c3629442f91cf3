"""Transactions are all or nothing, and errors say what a reader can act on."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from core.errors import StoreError
from core.store import database as module
from core.store.database import Database
from core.store.preparation import Preparation
from tests.daemon.preludes import POWERLESS


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    with closing(Database(store_url, Preparation())) as opened:
        opened.make_ready()
        yield opened


@pytest.fixture
def sqlite(sqlite_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as opened:
        opened.make_ready()
        yield opened


def note(connection: Connection, name: str) -> None:
    values = {"name": name}
    connection.execute(
        text("INSERT INTO accounts (name, domain, day) VALUES (:name, 'x.test', 1)"), values
    )


def note_and_fail(database: Database) -> None:
    with database.writing() as connection:
        note(connection, "lost")
        raise ZeroDivisionError


def note_both(database: Database, first: str, second: str) -> None:
    with database.writing() as connection:
        note(connection, first)
        note(connection, second)


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return sorted(connection.scalars(text("SELECT name FROM accounts")))


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.writing() as connection:
        note(connection, "kept")
    with pytest.raises(ZeroDivisionError):
        note_and_fail(database)
    with pytest.raises(StoreError, match="cannot be written"):
        note_both(database, "lost too", "kept")
    assert names(database) == ["kept"]


def test_a_reader_sees_one_state(sqlite: Database) -> None:
    count = text("SELECT count(*) FROM accounts")
    with sqlite.reading() as reader:
        assert reader.execute(count).scalar() == 0
        with sqlite.writing() as connection:
            note(connection, "new")
        assert reader.execute(count).scalar() == 0
    assert names(sqlite) == ["new"]


def test_writers_take_turns(database: Database) -> None:
    """The second waits until the first has ended, and then sees what it wrote."""
    entered = threading.Event()
    seen: list[list[str]] = []

    def second() -> None:
        entered.set()
        with database.writing() as connection:
            seen.append(list(connection.scalars(text("SELECT name FROM accounts"))))

    thread = threading.Thread(target=second)
    with database.writing() as connection:
        thread.start()
        entered.wait(10)
        thread.join(0.05)
        note(connection, "first")
    thread.join(10)
    assert seen == [["first"]]


def test_many_rows(database: Database) -> None:
    with database.writing() as connection:
        sql = "INSERT INTO accounts (name, domain, day) VALUES (?, ?, ?)"
        database.many(connection, sql, [("100%", "x", 1), ("?", "x", 2)])
        database.many(connection, sql, [])
    assert names(database) == ["100%", "?"]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "cannot be understood"),
        ("no url", "cannot be understood"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("mysql://localhost/x", "cannot be a mysql database"),
    ],
)
def test_urls_that_are_none(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        Database(url, Preparation())


def test_a_password_is_never_shown() -> None:
    with (
        closing(Database("postgresql://me:geheim@127.0.0.1:1/x", Preparation())) as database,
        pytest.raises(StoreError, match="cannot be opened") as caught,
    ):
        database.make_ready()
    assert "geheim" not in str(caught.value)
    assert "geheim" not in database.url


def test_without_its_driver_postgresql_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from core.store.store import Store\n"
        "try: Store.open('postgresql://127.0.0.1/x')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("StoreError")
    assert "psycopg[binary]" in done.stdout


def test_a_busy_store_says_so(
    sqlite: Database, sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    with closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as impatient:
        impatient.make_ready()
        with sqlite.writing(), pytest.raises(StoreError, match="busy"), impatient.writing():
            pass
        with impatient.writing() as connection:
            note(connection, "later")
    assert names(sqlite) == ["later"]


@pytest.mark.parametrize(
    ("said", "complaint", "suspect"),
    [
        ("database or disk is full", "the disk is full", False),
        ("attempt to write a readonly database", "read-only", False),
        ("database disk image is malformed", "set aside", True),
        ("file is not a database", "set aside", True),
        ("disk I/O error", "fails or is full", False),
        ("unable to open database file", "its directory exists", False),
        ("something\nelse", "something else", False),
    ],
)
def test_errors_in_words(
    sqlite: Database, sqlite_path: Path, said: str, complaint: str, suspect: bool
) -> None:
    def fail() -> None:
        raise OperationalError("SELECT", None, Exception(said))

    with pytest.raises(StoreError, match=complaint), sqlite.reading():
        fail()
    assert sqlite_path.with_name("store.sqlite.suspect").exists() == suspect


@pytest.mark.parametrize("path", ["missing/store.sqlite", "."])
def test_a_place_that_cannot_be_a_store(tmp_path: Path, path: str) -> None:
    with (
        closing(Database(f"sqlite:///{tmp_path / path}", Preparation())) as database,
        pytest.raises(StoreError, match="cannot be opened"),
    ):
        database.make_ready()


def test_a_replaced_file_is_noticed(sqlite: Database, sqlite_path: Path) -> None:
    """Somebody put a backup in its place, or another process set it aside as damaged."""
    with sqlite.writing() as connection:
        note(connection, "old")
    generation = sqlite.generation
    assert names(sqlite) == ["old"]
    assert sqlite.generation == generation
    for companion in ("", "-wal", "-shm"):
        file = sqlite_path.with_name(sqlite_path.name + companion)
        if file.exists():
            file.rename(file.with_name("old" + companion))
    with sqlite.writing() as connection:
        note(connection, "new")
    assert names(sqlite) == ["new"]
    assert sqlite.generation == generation + 1


def test_durable_transactions_wait_for_the_disk(sqlite: Database) -> None:
    statements: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(sqlite._engine, "before_cursor_execute", listen)
    with sqlite.writing(durable=True) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    with sqlite.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    assert statements.count("BEGIN IMMEDIATE") == 2


def test_the_file_is_made_as_it_should_be(sqlite: Database) -> None:
    with sqlite.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 2


def test_closing_folds_the_log_into_the_file(sqlite_path: Path) -> None:
    with closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as database:
        with database.writing() as connection:
            note(connection, "x")
        assert sqlite_path.with_name("store.sqlite-wal").exists()
    assert list(sqlite_path.parent.iterdir()) == [sqlite_path]


def test_a_file_that_was_read_only_is_written_as_soon_as_it_may_be(sqlite_path: Path) -> None:
    """A connection that was opened for reading alone would never write, whatever is mended."""
    with closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as database:
        database.make_ready()
    program = (
        POWERLESS
        + f"""
import sys
from contextlib import closing
from pathlib import Path
from sqlalchemy import text
from core.errors import StoreError
from core.store.database import Database
from core.store.preparation import Preparation
from tests.daemon.preludes import POWERLESS
path = Path({str(sqlite_path)!r})
path.chmod(0o444)
with closing(Database(f"sqlite:///{{path}}", Preparation())) as database:
    for mode in (0o444, 0o644, 0o644):
        path.chmod(mode)
        try:
            with database.writing() as connection:
                sql = "INSERT INTO accounts (name, domain, day) VALUES ('a', 'x.test', 1)"
                connection.execute(text(sql))
        except StoreError as error:
            print("read-only" in str(error))
        else:
            print("written")
"""
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split()[0] == "True"
    assert done.stdout.split()[-1] == "written"
