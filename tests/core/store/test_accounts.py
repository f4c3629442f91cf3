"""Names are found by patterns, and written once a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import literal, select

from core.store import accounts as module
from core.store import schema
from core.store.accounts import Accounts, like, matching
from core.store.database import Database
from core.store.preparation import Preparation
from tests.core.store.samples import DAY, NOON, event

NAMES = ["ann@a.test", "bob@a.test", "bob@b.test", "b_b@b.test", "100%@b.test"]


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    with closing(Database(store_url, Preparation())) as opened:
        opened.make_ready()
        yield opened


def note(accounts: Accounts, database: Database, names: list[str], at: float = NOON) -> int:
    fresh = accounts.fresh(
        event(account=name, domain=name.rpartition("@")[2], at=at) for name in names
    )
    with database.writing() as connection:
        accounts.note(connection, fresh)
    accounts.noted(fresh)
    return len(fresh)


@pytest.mark.parametrize(
    ("pattern", "domains", "found"),
    [
        ("*", None, NAMES),
        ("bob@*", None, ["bob@a.test", "bob@b.test"]),
        ("*b.test", None, ["bob@b.test", "b_b@b.test", "100%@b.test"]),
        ("b_b*", None, ["b_b@b.test"]),
        ("100%*", None, ["100%@b.test"]),
        ("*@*.test", frozenset({"a.test"}), ["ann@a.test", "bob@a.test"]),
        ("*", frozenset[str](), []),
        ("nobody*", None, []),
    ],
)
def test_matching(
    database: Database, pattern: str, domains: frozenset[str] | None, found: list[str]
) -> None:
    note(Accounts(database), database, NAMES)
    with database.reading() as connection:
        assert sorted(matching(connection, pattern, domains, 10)) == sorted(found)
        assert len(matching(connection, pattern, domains, 1)) == min(1, len(found))


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("a\\b", "a\\*", True),
        ("axb", "a_b", False),
        ("a%b", "a%*", True),
        ("ab", "a%*", False),
        ("ab", "ab", True),
        ("ab", "*a*b*", True),
    ],
)
def test_only_the_star_is_wild(database: Database, text: str, pattern: str, fits: bool) -> None:
    with database.reading() as connection:
        assert connection.execute(select(like(literal(text), pattern))).scalar() == fits


def test_a_name_is_noted_once_a_day(database: Database) -> None:
    accounts = Accounts(database)
    assert note(accounts, database, [NAMES[0], NAMES[0]]) == 1
    assert note(accounts, database, [NAMES[0]]) == 0
    assert note(accounts, database, [NAMES[0]], at=NOON + DAY) == 1
    assert note(Accounts(database), database, [NAMES[0]]) == 1
    with database.reading() as connection:
        days = connection.execute(select(schema.accounts.c.day)).scalars().all()
    assert days == [int((NOON + DAY) // DAY)]


def test_events_without_an_account_have_no_name(database: Database) -> None:
    assert Accounts(database).fresh([event()]) == {}


def test_what_is_remembered_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    accounts = Accounts(database)
    assert note(accounts, database, NAMES) == len(NAMES)
    assert note(accounts, database, NAMES) == len(NAMES)
