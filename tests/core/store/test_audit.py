"""Entries of the audit are found by all that is in them."""

from __future__ import annotations

import pytest

from core.store.audit import AuditFilter, StoredScope
from core.store.store import Store

SERVER: StoredScope = ("server", "")
ONE: StoredScope = ("domain", "one.test")
TWO: StoredScope = ("domain", "two.test")
BOX: StoredScope = ("mailbox", "one.test")


@pytest.fixture
def told(store: Store) -> Store:
    """A store with some changes, numbered 1 to 6."""
    for number, (scope, name, who) in enumerate(
        [
            (SERVER, "send.limit", "ann"),
            (ONE, "send.limit", "bob"),
            (TWO, "send.limit", "ann"),
            (ONE, "send.seconds", "ann"),
            (BOX, "send.limit", "bob"),
            (SERVER, "send.limit", "bob"),
        ],
        start=1,
    ):
        store.settings.change(scope, {name: number}, who, float(number))
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, [6, 5, 4, 3, 2, 1]),
        (AuditFilter(), [6, 5, 4, 3, 2, 1]),
        (AuditFilter(scopes=frozenset({ONE})), [4, 2]),
        (AuditFilter(scopes=frozenset({ONE, SERVER})), [6, 4, 2, 1]),
        (AuditFilter(scopes=frozenset({("mailbox", "two.test"), BOX})), [5]),
        (AuditFilter(scopes=frozenset()), []),
        (AuditFilter(name="send.seconds"), [4]),
        (AuditFilter(who="ann"), [4, 3, 1]),
        (AuditFilter(since=2.0, until=4.0), [3, 2]),
        (AuditFilter(scopes=frozenset({ONE}), who="bob", name="send.limit"), [2]),
    ],
)
def test_find(told: Store, wanted: AuditFilter | None, found: list[int]) -> None:
    """E21."""
    assert [entry.after for entry in told.audit.find(wanted)] == found


def test_pages_join(told: Store) -> None:
    first = told.audit.find(limit=4)
    rest = told.audit.find(limit=4, before_id=first[-1].id)
    assert [entry.after for entry in first + rest] == [6, 5, 4, 3, 2, 1]


def test_latest_change_of_each_setting(told: Store) -> None:
    """E21: who set what a form shows."""
    names = ["send.limit", "send.seconds", "country.mode"]
    found = told.audit.latest(ONE, names)
    assert {name: entry.after for name, entry in found.items()} == {
        "send.limit": 2,
        "send.seconds": 4,
    }
    assert told.audit.latest(SERVER, names)["send.limit"].who == "bob"
    assert told.audit.latest(SERVER, ["send.seconds"]) == {}
