"""Changes are worked out before they are made."""

from __future__ import annotations

import pytest

from core.desk.change import (
    Difference,
    Wanted,
    checked,
    commit,
    differences,
    in_words,
    make,
    preview,
    preview_undo,
    trail,
    undo,
)
from core.errors import SettingError, StoreChanged
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


def test_everything_that_is_wrong_is_told_beside_its_field() -> None:
    """E19: a form with three errors is sent once and not three times."""
    found = checked(
        {
            SERVER_SCOPE: {"send.limit": 0, "send.unit": "messages", "gone.long_ago": None},
            DOMAIN: {"notify.address": "a@b.test", "send.limit": None},
        }
    )
    assert set(found.faults) == {
        (SERVER_SCOPE, "send.limit"),
        (SERVER_SCOPE, "gone.long_ago"),
        (DOMAIN, "notify.address"),
    }
    assert found.faults[SERVER_SCOPE, "send.limit"] == "send.limit: must be at least 1"
    assert found.wanted == {SERVER_SCOPE: {"send.unit": "messages"}, DOMAIN: {"send.limit": None}}


def test_a_preview_shows_both_values_and_changes_nothing(office: Office) -> None:
    """E21: what was, and what would be."""
    with office.desk() as desk:
        (change,) = preview(desk, {SERVER_SCOPE: {"country.list": ("AT", "DE")}})
        assert (change.before_shown, change.after_shown) == ("not set", "AT, DE")
        assert desk.stored() == {}
        with pytest.raises(SettingError, match=r"send\.limit.*send\.seconds"):
            preview(desk, {SERVER_SCOPE: {"send.limit": 0, "send.seconds": 0}})


def test_who_comes_second_looks_again(office: Office) -> None:
    """And all of the change is undone, or none of it."""
    with office.desk() as desk:
        wanted: Wanted = {SERVER_SCOPE: {"send.limit": 9}, DOMAIN: {"send.limit": 3}}
        changes = preview(desk, wanted)
        desk.store.settings.change(("server", ""), {"send.limit": 8}, "somebody else", 1.0)
        with pytest.raises(StoreChanged):
            commit(desk, changes)
        assert desk.stored() == {("server", ""): {"send.limit": 8}}


@pytest.mark.parametrize(
    ("number", "said"), [(1, "change 1 was followed by another"), (9, "no change number 9")]
)
def test_what_cannot_be_undone_says_why(office: Office, number: int, said: str) -> None:
    """Nothing is overwritten that somebody else has set since."""
    with office.desk() as desk:
        for value in (9, 8):
            commit(desk, preview(desk, {SERVER_SCOPE: {"send.limit": value}}), "why not")
        for act in (preview_undo, undo):
            with pytest.raises(SettingError, match=said):
                act(desk, number)
        assert preview_undo(desk, 2).line == "send.limit for the server: 8 -> 9"
        assert [entry.why for entry in trail(desk)] == ["why not", "why not"]


def test_a_fresh_server_has_no_trail(office: Office) -> None:
    """And asking makes no store."""
    assert trail(office.desk_on(None)) == []
