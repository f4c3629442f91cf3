"""Settings for the daemon: from the store, its copy, or the defaults; never a reason to end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.daemon import rules
from core.settings.model import Settings
from core.store import settings_copy
from core.store.store import Store

LIMIT = 7
DEFAULT = Settings().send.limit


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the copy lies."""
    return tmp_path / settings_copy.NAME


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one setting."""
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as opened:
        opened.settings.change(("server", ""), {"send.limit": LIMIT}, "me", 1.0)
        yield opened


def spoil(directory: Path) -> None:
    """Take the table away, as a version that knows other ones might."""
    with closing(sqlite3.connect(directory / "store.sqlite")) as connection:
        connection.execute("ALTER TABLE settings RENAME TO gone")
        connection.commit()


def test_the_store_counts_and_is_copied(store: Store, copy: Path) -> None:
    found = rules.read(store, copy)
    assert found.resolved.server.send.limit == LIMIT
    assert found.problems == ()
    assert not found.stale
    assert settings_copy.read(copy) == {("server", ""): {"send.limit": LIMIT}}


def test_a_store_that_is_away_is_stood_in_for(store: Store, copy: Path) -> None:
    rules.read(store, copy)
    found = rules.read(None, copy)
    assert found.resolved.server.send.limit == LIMIT
    assert found.problems == ("the store is closed; the last known settings are in force",)
    assert found.stale


def test_a_store_that_cannot_be_read_is_stood_in_for(
    store: Store, copy: Path, tmp_path: Path
) -> None:
    rules.read(store, copy)
    spoil(tmp_path)
    found = rules.read(store, copy)
    assert found.resolved.server.send.limit == LIMIT
    assert "last known settings are in force" in found.problems[0]
    assert found.stale


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "the store is closed; the built-in"), (b"[{", "cannot be read"), (b"7", "cannot be")],
)
def test_the_defaults_are_the_last_resort(copy: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        copy.write_bytes(content)
    found = rules.read(None, copy)
    assert found.resolved.server.send.limit == DEFAULT
    assert said in found.problems[0]
    assert found.problems[0].endswith("the built-in defaults are in force")
    assert found.stale


def test_bad_values_are_left_out_one_by_one(store: Store, copy: Path, tmp_path: Path) -> None:
    """Of the store, and of the copy just as well."""
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection:
        rows = [
            ("server", "", "send.seconds", "-1"),
            ("server", "", "no.such", "1"),
            ("server", "", "country.list", "{broken"),
            ("galaxy", "", "send.limit", "9"),
            ("domain", "a.test", "country.server", '"DE"'),
        ]
        connection.executemany("INSERT INTO settings VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    for found in (rules.read(store, copy), rules.read(None, copy)):
        assert found.resolved.server.send.limit == LIMIT
        assert found.resolved.server.send.seconds == Settings().send.seconds
        text = "\n".join(found.problems)
        for part in ("send.seconds", "no.such", "country.list", "galaxy", "country.server"):
            assert part in text


def test_the_last_good_value_stands_in_for_a_damaged_one(
    store: Store, copy: Path, tmp_path: Path
) -> None:
    """The default may protect less; and the copy remembers it for as long as the damage lasts."""
    rules.read(store, copy)
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection:
        connection.execute("UPDATE settings SET value = '{broken'")
        connection.commit()
    for found in (*(rules.read(store, copy) for _ in range(3)), rules.read(None, copy)):
        assert found.resolved.server.send.limit == LIMIT
    assert "send.limit" in rules.read(store, copy).problems[0]
    assert rules.read(store, copy).problems[0].endswith("the last good value counts")


def test_a_copy_that_cannot_be_kept_is_a_problem_and_no_more(store: Store, tmp_path: Path) -> None:
    found = rules.read(store, tmp_path / "absent" / settings_copy.NAME)
    assert found.resolved.server.send.limit == LIMIT
    assert found.problems == ("no copy of the settings could be kept: No such file or directory",)
    assert not found.stale
