"""What is exported can be imported, and nothing else can."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SettingError, StoreError
from core.store.audit import StoredScope
from core.store.store import Store
from tests.core.store.test_settings import DOMAIN, SERVER, values

scopes = st.sampled_from([SERVER, DOMAIN, ("domain", "ü.test"), ("mailbox", "a@ü.test")])
everything = st.dictionaries(
    scopes, st.dictionaries(st.sampled_from(["a.b", "c.d", "e.f"]), values, min_size=1)
)


def anything_goes(scope: StoredScope, values: dict[str, Any]) -> None:
    """No check."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=everything, second=everything)
def test_an_import_brings_back_what_was_exported(
    store: Store,
    first: dict[StoredScope, dict[str, Any]],
    second: dict[StoredScope, dict[str, Any]],
) -> None:
    """E16: whatever was set in between."""
    store.settings.change_many(first, "me", 1.0, replace=True)
    document = store.export()
    store.settings.change_many(second, "me", 2.0, replace=True)
    store.import_(document, "me", 3.0, anything_goes)
    assert store.settings.all() == first
    assert store.export() == document
    assert store.import_(document, "me", 4.0, anything_goes) == []


def test_tokens_and_preferences_stay_where_they_are(store: Store) -> None:
    """They belong to people of this server; an import leaves them alone."""
    document = store.export()
    _, secret = store.tokens.create("a", "admin", "root", None, None, "root", 1.0)
    store.preferences.set("admin", "root", {"theme": "dark"})
    assert store.export() == document
    store.import_(document, "me", 2.0, anything_goes)
    assert store.tokens.find(secret, 3.0) is not None
    assert store.preferences.get("admin", "root") == {"theme": "dark"}


def test_an_import_is_audited(store: Store) -> None:
    store.settings.change(SERVER, {"send.limit": 5}, "me", 1.0)
    document = store.export()
    store.settings.change(SERVER, {"send.limit": 6}, "me", 2.0)
    store.settings.change(DOMAIN, {"send.limit": 7}, "me", 2.0)
    numbers = store.import_(document, "ann", 3.0, anything_goes)
    entries = store.audit.find(limit=2)
    assert sorted(numbers) == sorted(entry.id for entry in entries)
    assert {(entry.who, entry.why) for entry in entries} == {("ann", "import")}
    assert {entry.scope: (entry.before, entry.after) for entry in entries} == {
        SERVER: (6, 5),
        DOMAIN: (7, None),
    }


def test_the_document_is_for_people_too(store: Store) -> None:
    store.settings.change(DOMAIN, {"exempt.addresses": ["203.0.113.7"]}, "me", 1.0)
    assert json.loads(store.export()) == {
        "mailward_settings": 1,
        "scopes": [
            {
                "level": "domain",
                "name": "example.test",
                "values": {"exempt.addresses": ["203.0.113.7"]},
            }
        ],
    }
    assert b'\n  "scopes": [\n' in store.export()


SCOPE = b'{"level": "server", "name": "", "values": {"send.limit": 9}}'


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (b"", "no export"),
        (b"\xff\xfe", "no export"),
        (b"[]", "no export"),
        (b"{}", "mailward_settings"),
        (b'{"mailward_settings": 2, "scopes": []}', "format 2"),
        (b'{"mailward_settings": 1, "scopes": [], "extra": 1}', "extra"),
        (b'{"mailward_settings": 1, "scopes": [{"level": "server"}]}', "name"),
        (b'{"mailward_settings": 1, "scopes": [%b, %b]}' % (SCOPE, SCOPE), "twice"),
    ],
)
def test_what_is_no_export_changes_nothing(store: Store, payload: bytes, complaint: str) -> None:
    store.settings.change(SERVER, {"send.limit": 5}, "me", 1.0)
    with pytest.raises(StoreError, match=complaint):
        store.import_(payload, "me", 2.0, anything_goes)
    assert store.settings.all() == {SERVER: {"send.limit": 5}}


def test_what_the_check_refuses_changes_nothing(store: Store) -> None:
    store.settings.change(DOMAIN, {"send.limit": 5}, "me", 1.0)
    document = store.export()
    store.settings.change(DOMAIN, {"send.limit": 6}, "me", 2.0)
    seen = []

    def refuse(scope: StoredScope, values: dict[str, Any]) -> None:
        seen.append((scope, values))
        raise SettingError("send.limit: must be at least 100")

    with pytest.raises(SettingError, match="at least 100"):
        store.import_(document, "me", 3.0, refuse)
    assert seen == [(DOMAIN, {"send.limit": 5})]
    assert store.settings.all() == {DOMAIN: {"send.limit": 6}}
