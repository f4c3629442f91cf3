"""First and second opinion."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.sources.opinion import opinions, registry_country
from core.sources.reader import Database
from tests.databases import write_country


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Knows one address of Google's otherwise than the registries, and one documentation prefix."""
    return Database(
        write_country(tmp_path / "country.mmdb", {"8.8.8.0/24": "DE", "203.0.113.0/24": "RU"})
    )


def test_both_speak_the_database_first(database: Database) -> None:
    """Facts 1.4: the registries allocated 8.8.8.8 to the United States."""
    assert opinions(database, 4, "8.8.8.8") == ("DE", "US")


def test_where_the_registries_are_silent_there_is_no_second(database: Database) -> None:
    assert opinions(database, 4, "203.0.113.7") == ("RU", "")


def test_where_the_database_is_silent_the_registries_move_up(database: Database) -> None:
    assert opinions(database, 4, "193.0.6.139") == ("NL", "")


def test_without_a_database_the_registries_answer(tmp_path: Path) -> None:
    """Feature A25: a fresh installation without data still knows most countries."""
    assert opinions(Database(tmp_path / "none.mmdb"), 6, "2001:4860:4860::8888") == ("US", "")


def test_where_nobody_knows_nobody_guesses(tmp_path: Path) -> None:
    assert opinions(Database(tmp_path / "none.mmdb"), 4, "203.0.113.7") == ("", "")


@pytest.mark.parametrize("text", ["", "nonsense", "10.0.0.1", "::1", "2001:db8::1"])
def test_registries_know_nothing_of_what_nobody_was_given(text: str) -> None:
    assert registry_country(text) == ""
