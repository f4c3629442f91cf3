"""Changes are worked out before they are made."""

from __future__ import annotations

from core.desk.change import (
    Difference,
    Wanted,
    commit,
    differences,
    in_words,
    make,
    undo,
)
from core.settings.scope import SERVER_SCOPE, Scope
from tests.core.desk.office import Office

DOMAIN = Scope("domain", "example.test")


def test_only_what_differs_is_changed(office: Office) -> None:
    """Equal values make no entry in the audit trail."""
    with office.store() as store:
        server = {"send.limit": 9, "send.unit": None}
        wanted: Wanted = {SERVER_SCOPE: server, DOMAIN: {"send.limit": 3}}
        changes = differences(store, wanted)
        assert {(c.scope, c.name, c.before, c.after) for c in changes} == {
            (SERVER_SCOPE, "send.limit", None, 9),
            (DOMAIN, "send.limit", None, 3),
        }
        make(store, changes, "carol")
        assert differences(store, wanted) == []
        assert len(store.audit.find()) == 2


def test_replacing_takes_back_what_is_not_named_but_no_secret(office: Office) -> None:
    """E16: an export leaves secrets out, so an import must not remove them."""
    with office.store() as store:
        present = {"send.limit": 9, "data.maxmind_key": "geheim", "gone.long_ago": 1}
        store.settings.change(("server", ""), present, "x", 1.0)
        make(store, differences(store, {DOMAIN: {"send.limit": 3}}, replace=True), "x")
        assert store.settings.all() == {
            ("domain", "example.test"): {"send.limit": 3},
            ("server", ""): {"data.maxmind_key": "geheim"},
        }


def test_a_change_tells_its_entries_so_that_it_can_be_undone(office: Office) -> None:
    with office.desk() as desk:
        told = commit(desk, differences(desk.store, {DOMAIN: {"send.limit": 3}}))
        assert told.audit == (desk.store.audit.find()[0].id,)
        _, again = undo(desk, told.audit[0])
        assert again.audit == (desk.store.audit.find()[0].id,) != told.audit
        assert desk.stored() == {}


def test_lines_mask_secrets_and_survive_nonsense() -> None:
    """The audit trail may hold values of another version."""
    secret = Difference(SERVER_SCOPE, "data.maxmind_key", "old", "new")
    assert secret.line == "data.maxmind_key for the server: ******** -> ********"
    assert secret.document()["after"] == "********"
    strange = Difference(DOMAIN, "gone.long_ago", None, {"a": 1})
    assert strange.line == "gone.long_ago for the domain example.test: not set -> {'a': 1}"
    assert in_words(DOMAIN) == "the domain example.test"
