"""A desk knows what counts, whether or not there is a store, and tells the daemon of changes."""

from __future__ import annotations

import pytest

from core.control import Control
from core.desk.desk import Desk, Memory, Told
from core.errors import StoreError
from tests.core.desk.office import Office


def test_the_defaults_count_before_anything_is_set(office: Office) -> None:
    """A fresh server has pages, too."""
    desk = office.desk_on(None)
    assert not desk.has_store
    assert desk.rules().resolved.server.send.limit == 150
    with pytest.raises(StoreError, match="nothing has been set"):
        desk.store.check()
    assert not office.config.state.exists()


def test_a_store_that_is_away_is_no_fresh_server(office: Office) -> None:
    """Showing defaults for settings that cannot be read would be a lie."""
    desk = office.desk_on(None, absent="the database does not answer")
    with pytest.raises(StoreError, match="the database does not answer"):
        desk.rules()


def test_what_no_longer_passes_is_named(office: Office) -> None:
    """And does not count."""
    with office.desk() as desk:
        values = {"send.limit": 0, "send.seconds": 60}
        desk.store.settings.change(("server", ""), values, "x", 1.0)
        rules = desk.rules()
    assert (rules.resolved.server.send.limit, rules.resolved.server.send.seconds) == (150, 60)
    assert "send.limit" in rules.left_out[0]


def test_the_daemon_is_told_and_answers(office: Office) -> None:
    """Reached, not reached, refused: three different things for who waits for the effect."""
    desk = office.desk_on(None)
    assert desk.reload() == Told(False)
    with office.daemon({"reload": lambda _: {"problems": ["text.send: odd"]}}):
        told = desk.reload()
    assert told == Told(True, problems=("text.send: odd",))
    assert told.lines == ("The daemon says: text.send: odd",)
    with office.daemon({}):
        assert desk.reload().refused == "no verb 'reload'"
    assert Told(True).lines == ()


def test_rules_are_read_again_when_they_have_changed(office: Office) -> None:
    """And only then: checking long lists takes time that a page does not have."""
    memory = Memory()
    with office.store() as store:
        desk = Desk(
            office.config, office.panel, Control(office.config.control), "x", store, memory=memory
        )
        store.settings.change(("server", ""), {"send.limit": 7}, "x", 1.0)
        first = desk.rules()
        assert desk.rules() is first
        store.settings.change(("server", ""), {"send.limit": 8}, "x", 1.0)
        assert desk.rules().resolved.server.send.limit == 8
