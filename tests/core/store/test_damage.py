"""Damage is noticed and nothing else is taken for it; nothing is ever deleted."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.store import damage as module
from core.store.damage import damage, put_back, rows, set_aside
from core.store.store import Store
from tests.core.store.samples import NOON, many


@pytest.fixture
def sound(sqlite_path: Path) -> Path:
    """A store with content, closed."""
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record(many(2000))
        store.settings.change(("server", ""), {"send.limit": 5}, "me", NOON)
    return sqlite_path


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def root_page(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        return int(connection.execute(query, (table,)).fetchone()[0])


def test_a_sound_file(sound: Path) -> None:
    assert damage(sound) == ""
    assert damage(sound, thorough=True) == ""


def test_a_file_that_is_in_use(sound: Path) -> None:
    with closing(Store.open(f"sqlite:///{sound}")) as store:
        store.record(many(10))
        assert damage(sound) == ""


def test_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    assert damage(path) == ""


def test_another_kind_of_file(sound: Path) -> None:
    sound.write_bytes(b"Dear diary, " * 1000)
    assert damage(sound) == "it is not a SQLite database"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
@pytest.mark.parametrize("small", [True, False])
def test_a_file_that_was_cut_off(
    sound: Path, share: float, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not small:
        monkeypatch.setattr(module, "THOROUGH_SIZE", 0)
    size = int(sound.stat().st_size * share)
    content = sound.read_bytes()[:size]
    sound.write_bytes(content)
    assert damage(sound) != ""


def test_a_file_that_was_emptied_beside_its_log(sound: Path) -> None:
    with closing(Store.open(f"sqlite:///{sound}")) as store:
        store.record(many(10))
        log = sound.with_name("store.sqlite-wal").read_bytes()
    sound.write_bytes(b"")
    sound.with_name("store.sqlite-wal").write_bytes(log)
    assert damage(sound) == "it is empty, but has a log"


@pytest.mark.parametrize("table", ["settings", "audit", "events", "hourly"])
def test_a_spoilt_page(sound: Path, table: str) -> None:
    overwrite(sound, (root_page(sound, table) - 1) * 4096, b"\xff" * 4096)
    assert damage(sound) != ""


def test_in_a_large_file_what_people_entered_is_always_checked(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "THOROUGH_SIZE", 0)
    assert damage(sound) == ""
    overwrite(sound, (root_page(sound, "hourly") - 1) * 4096, b"\xff" * 4096)
    assert damage(sound) == ""
    assert damage(sound, thorough=True) != ""
    overwrite(sound, (root_page(sound, "settings") - 1) * 4096, b"\xff" * 4096)
    assert damage(sound) != ""


def test_a_file_set_aside_keeps_its_companions_and_earlier_ones(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    asides = []
    for number in range(2):
        for companion in ("", "-wal"):
            path.with_name(path.name + companion).write_text(f"{number}{companion}")
        asides.append(set_aside(path, NOON))
    assert [aside.name for aside in asides] == [
        "store.sqlite.damaged-20260101T120000Z",
        "store.sqlite.damaged-20260101T120000Z-2",
    ]
    assert not path.exists()
    assert [aside.read_text() for aside in asides] == ["0", "1"]
    assert [aside.with_name(aside.name + "-wal").read_text() for aside in asides] == [
        "0-wal",
        "1-wal",
    ]


def test_a_file_put_back_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("old")
    path.with_name("store.sqlite-wal").write_text("old log")
    aside = set_aside(path, NOON)
    for companion in ("", "-wal", "-shm"):
        path.with_name(path.name + companion).write_text("new")
    put_back(aside, path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "store.sqlite": "old",
        "store.sqlite-wal": "old log",
    }


def test_rows_are_read_as_far_as_they_go(sound: Path, tmp_path: Path) -> None:
    (row,) = rows(sound, "settings")
    assert row == {"level": "server", "scope": "", "name": "send.limit", "value": "5"}
    assert list(rows(sound, "no_such_table")) == []
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"x" * 5000)
    assert list(rows(nonsense, "settings")) == []


def test_looking_for_damage_lets_nobody_take_the_log_away(tmp_path: Path) -> None:
    """The locks of those who use the file in this process stay: another's end leaves its log.

    Without them the other process takes itself for the last one, and deletes the log with what is
    written in it.
    """
    path = tmp_path / "store.sqlite"
    here = sqlite3.connect(path, isolation_level=None)
    here.execute("PRAGMA journal_mode = WAL")
    here.execute("CREATE TABLE kept (value INTEGER)")
    for number in range(3):
        here.execute("INSERT INTO kept VALUES (?)", (number,))
        assert damage(path) == ""
        assert damage(path, thorough=True) == ""
        other = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
        other += "print(c.execute('SELECT count(*) FROM kept').fetchone()[0]); c.close()"
        found = subprocess.run(
            (sys.executable, "-c", other, str(path)), capture_output=True, text=True, check=True
        )
        assert int(found.stdout) == number + 1
        assert path.with_name("store.sqlite-wal").exists()
    here.close()
