"""Settings are changed whole, audited, and undone only where nobody changed them since."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.settings.model import Settings
from core.settings.scope import typed
from core.store.audit import AuditEntry, StoredScope
from core.store.store import Store
from tests.core.store.samples import NOON

SERVER: StoredScope = ("server", "")
DOMAIN: StoredScope = ("domain", "example.test")
MAILBOX: StoredScope = ("mailbox", "bob@example.test")

values = st.recursive(
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_values_come_back_by_scope(store: Store) -> None:
    store.settings.change(SERVER, {"country.mode": "allow", "country.list": ["DE", "AT"]}, "me", 1)
    store.settings.change(MAILBOX, {"send.limit": 500}, "me", 2.0)
    assert store.settings.all() == {
        SERVER: {"country.mode": "allow", "country.list": ["DE", "AT"]},
        MAILBOX: {"send.limit": 500},
    }


def test_none_inherits_again(store: Store) -> None:
    store.settings.change(DOMAIN, {"send.limit": 500, "send.seconds": 60}, "me", 1.0)
    store.settings.change(DOMAIN, {"send.limit": None}, "me", 2.0)
    assert store.settings.all() == {DOMAIN: {"send.seconds": 60}}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=values)
def test_any_json_value_comes_back(store: Store, value: Any) -> None:
    store.settings.change(SERVER, {"any.value": value}, "me", 1.0)
    assert store.settings.all()[SERVER]["any.value"] == value
    assert store.settings.change(SERVER, {"any.value": value}, "me", 1.0) == []


def test_every_change_is_audited(store: Store) -> None:
    """E21: who changed what from what, when and why."""
    first = store.settings.change(SERVER, {"send.limit": 100}, "ann", NOON, "too many")
    second = store.settings.change(SERVER, {"send.limit": 200}, "bob", NOON + 1)
    third = store.settings.change(SERVER, {"send.limit": None}, "bob", NOON + 2)
    assert [
        (entry.id, entry.who, entry.at, entry.why, entry.before, entry.after)
        for entry in reversed(store.audit.find())
    ] == [
        (first[0], "ann", NOON, "too many", None, 100),
        (second[0], "bob", NOON + 1, "", 100, 200),
        (third[0], "bob", NOON + 2, "", 200, None),
    ]


def test_what_is_no_change_is_not_audited(store: Store) -> None:
    store.settings.change(SERVER, {"a.b": {"x": 1, "y": 2}, "send.limit": 5}, "me", 1.0)
    again = {"a.b": {"y": 2, "x": 1}, "send.limit": 5, "never.set": None}
    assert store.settings.change(SERVER, again, "me", 2.0) == []
    assert len(store.audit.find()) == 2


def test_the_revision_grows_with_every_change_and_only_then(store: Store) -> None:
    assert store.settings.revision() == 0
    store.settings.change(SERVER, {"send.limit": 5}, "me", 1.0)
    first = store.settings.revision()
    store.settings.change(SERVER, {"send.limit": 5}, "me", 2.0)
    assert store.settings.revision() == first > 0
    store.settings.change(SERVER, {"send.limit": None}, "me", 3.0)
    assert store.settings.revision() > first


def test_several_scopes_change_together_or_not_at_all(store: Store) -> None:
    store.settings.change_many({SERVER: {"send.limit": 5}, DOMAIN: {"send.limit": 6}}, "me", 1.0)
    assert store.settings.all() == {SERVER: {"send.limit": 5}, DOMAIN: {"send.limit": 6}}
    with pytest.raises(TypeError):
        store.settings.change_many(
            {SERVER: {"send.limit": 7}, DOMAIN: {"send.limit": object()}}, "me", 2.0
        )
    assert store.settings.all() == {SERVER: {"send.limit": 5}, DOMAIN: {"send.limit": 6}}
    assert len(store.audit.find()) == 2


def test_replacing_lets_everything_else_inherit(store: Store) -> None:
    store.settings.change(SERVER, {"send.limit": 5, "send.seconds": 60}, "me", 1.0)
    store.settings.change(DOMAIN, {"send.limit": 6}, "me", 1.0)
    store.settings.change_many({SERVER: {"send.limit": 5}}, "me", 2.0, replace=True)
    assert store.settings.all() == {SERVER: {"send.limit": 5}}


@pytest.mark.parametrize(("before", "after"), [(None, 5), (5, 6), (6, None)])
def test_a_change_is_undone_by_another(store: Store, before: Any, after: Any) -> None:
    """E21: undo."""
    if before is not None:
        store.settings.change(DOMAIN, {"send.limit": before}, "ann", 1.0)
    (number,) = store.settings.change(DOMAIN, {"send.limit": after}, "ann", 2.0)
    undone = store.settings.undo(number, "bob", 3.0)
    expected = {} if before is None else {DOMAIN: {"send.limit": before}}
    assert store.settings.all() == expected
    assert store.audit.find(limit=1) == [
        AuditEntry(
            id=undone,
            at=3.0,
            who="bob",
            why=f"undoes change {number}",
            scope=DOMAIN,
            name="send.limit",
            before=after,
            after=before,
        )
    ]
    store.settings.undo(undone, "ann", 4.0, "it was right")
    assert store.settings.all() == ({} if after is None else {DOMAIN: {"send.limit": after}})
    assert store.audit.find(limit=1)[0].why == "it was right"


def test_a_change_that_was_changed_since_is_not_undone(store: Store) -> None:
    (number,) = store.settings.change(SERVER, {"send.limit": 5}, "ann", 1.0)
    store.settings.change(SERVER, {"send.limit": 6}, "bob", 2.0)
    with pytest.raises(StoreError, match=r"send\.limit has been changed since.* to 5, now it is 6"):
        store.settings.undo(number, "ann", 3.0)
    assert store.settings.all() == {SERVER: {"send.limit": 6}}
    assert len(store.audit.find()) == 2


def test_only_the_scope_of_a_change_matters_to_its_undoing(store: Store) -> None:
    (number,) = store.settings.change(SERVER, {"send.limit": 5}, "ann", 1.0)
    store.settings.change(("domain", ""), {"send.limit": 6}, "bob", 2.0)
    store.settings.undo(number, "ann", 3.0)
    assert store.settings.all() == {("domain", ""): {"send.limit": 6}}


def test_there_is_nothing_to_undo(store: Store) -> None:
    with pytest.raises(StoreError, match="no change number 7"):
        store.settings.undo(7, "ann", 1.0)


def test_names_that_no_database_takes_are_written_out(store: Store) -> None:
    store.settings.change(("domain", "a\0\udc80"), {"x.y": 1}, "w\0", 1.0, "\udcff")
    store.settings.change(("domain", "a\0\udc80"), {"x.y": 2}, "w\0", 2.0)
    assert store.settings.all() == {("domain", "a\\x00\\udc80"): {"x.y": 2}}
    assert [entry.why for entry in store.audit.find()] == ["", "\\udcff"]


def test_settings_survive(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        store.settings.change(SERVER, {"send.limit": 5}, "me", 1.0)
    with closing(Store.open(store_url)) as store:
        assert store.settings.all() == {SERVER: {"send.limit": 5}}


def test_a_value_that_is_no_json_hides_no_other(sqlite_path: Path) -> None:
    """Another program wrote it, or a disk: whoever checks the values says so, and goes on."""
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.settings.change(SERVER, {"send.limit": 5, "text.contact": "x"}, "me", 1.0)
        with closing(sqlite3.connect(sqlite_path)) as connection:
            connection.execute("UPDATE settings SET value = '{broken' WHERE name = 'text.contact'")
            connection.commit()
        resolved, problems = typed(store.settings.all())
        assert resolved.server.send.limit == 5
        assert resolved.server.text.contact == Settings().text.contact
        assert [problem.partition(":")[2].split(":")[0].strip() for problem in problems] == [
            "text.contact"
        ]
