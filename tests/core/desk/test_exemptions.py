"""Lists of exemptions are shown and changed, and no change is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from core.desk import exemptions
from core.desk.desk import Desk
from core.desk.entry import PASSES, Entry, Place
from core.errors import SettingError, StoreChanged
from core.settings.scope import Scope
from tests.core.desk.office import Office

ADDRESSES = Place("exempt.addresses")
DOMAIN = Scope("domain", "example.test")


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    """A desk with a store, and no daemon."""
    with office.desk() as found:
        yield found


def _names(desk: Desk, place: Place = ADDRESSES) -> list[str]:
    return [each.entry for each in exemptions.entries(desk, place)]


def test_lists_all_scopes_with_their_origin(desk: Desk) -> None:
    """A16: what is over is shown, too."""
    over = Entry("192.0.2.9", "old", 1000)
    exemptions.add(desk, ADDRESSES, [over])
    exemptions.add(desk, Place("exempt.addresses", DOMAIN), [Entry("192.0.2.1", "Büro")])
    exemptions.add(desk, Place(PASSES, DOMAIN), [Entry("th", "holidays", 4e9)])
    found = {(each.place, each.entry.entry) for each in exemptions.listed(desk)}
    assert found == {
        (ADDRESSES, "192.0.2.9"),
        (Place("exempt.addresses", DOMAIN), "192.0.2.1"),
        (Place(PASSES, DOMAIN), "TH"),
    }
    assert [each.entry.is_over() for each in exemptions.listed(desk, [ADDRESSES.scope])] == [True]


def test_says_what_was_changed_and_what_the_daemon_said(desk: Desk, office: Office) -> None:
    """For the line after a click."""
    with office.daemon({"reload": lambda _: {"problems": []}}) as asked:
        outcome = exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1")], "ticket 5")
        again = exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1")])
    assert [(c.name, c.before) for c in outcome.changes] == [("exempt.addresses", None)]
    assert outcome.told is not None
    assert outcome.told.reached
    assert (again.changes, again.told) == ((), None)
    assert len(asked) == 1
    entry = desk.store.audit.find()[0]
    assert (entry.who, entry.why) == ("carol", "ticket 5")


def test_adding_keeps_what_is_not_said_anew(desk: Desk) -> None:
    """Giving it an end must not cost the reason."""
    exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1", "the office")])
    exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1/32", expires=4e9)])
    assert exemptions.entries(desk, ADDRESSES) == [Entry("192.0.2.1", "the office", 4e9)]


def test_an_edit_says_all_of_it(desk: Desk) -> None:
    """So that a comment or an end can be taken away; the entry keeps its place."""
    entries = [Entry("192.0.2.1", "office", 4e9), Entry("192.0.2.2")]
    exemptions.add(desk, ADDRESSES, entries)
    exemptions.edit(desk, ADDRESSES, "192.0.2.1", Entry("192.0.2.0/24"))
    assert exemptions.entries(desk, ADDRESSES) == [Entry("192.0.2.0/24"), Entry("192.0.2.2")]


@pytest.mark.parametrize(
    ("entry", "new", "said"),
    [
        ("192.0.2.9", "192.0.2.8", "192.0.2.9 is not in the list of the server"),
        ("192.0.2.1", "192.0.2.2", "192.0.2.2 is in the list already"),
        ("192.0.2.1", "bob", "'bob' is no address"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(
    desk: Desk, entry: str, new: str, said: str
) -> None:
    """One thing stands in a list once."""
    exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1"), Entry("192.0.2.2")])
    with pytest.raises(SettingError, match=said):
        exemptions.edit(desk, ADDRESSES, entry, Entry(new))
    assert _names(desk) == ["192.0.2.1", "192.0.2.2"]


def test_removes_all_or_none(desk: Desk) -> None:
    """A typing error must not leave half of it done."""
    exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1"), Entry("192.0.2.2")])
    with pytest.raises(SettingError, match=r"192\.0\.2\.9 is not in the list"):
        exemptions.remove(desk, ADDRESSES, ["192.0.2.1", "192.0.2.9"])
    assert _names(desk) == ["192.0.2.1", "192.0.2.2"]
    exemptions.remove(desk, ADDRESSES, ["192.0.2.1/32", "192.0.2.1"])
    assert _names(desk) == ["192.0.2.2"]


def test_purges_what_is_over_of_all_scopes_at_once(desk: Desk) -> None:
    """A16: one change in the audit trail for each list, and what still counts stays."""
    domain = Place("exempt.addresses", DOMAIN)
    for place in (ADDRESSES, domain):
        exemptions.add(desk, place, [Entry("192.0.2.1"), Entry("192.0.2.2", expires=1000)])
    exemptions.add(desk, Place("exempt.send"), [Entry("a@x.test", expires=1000)])
    assert len(exemptions.purge(desk, [domain]).changes) == 1
    assert (len(_names(desk)), _names(desk, domain)) == (2, ["192.0.2.1"])
    assert len(exemptions.purge(desk).changes) == 2
    assert [each.entry.entry for each in exemptions.listed(desk)] == ["192.0.2.1"] * 2
    assert exemptions.purge(desk).changes == ()


def _overtaken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, others: Iterator[str], moment: str
) -> None:
    """Let somebody else be quicker, while a change is being worked out or made."""
    original = getattr(exemptions, moment)

    def slow(*arguments: object) -> object:
        other = next(others, "")
        result = original(*arguments) if moment == "differences" else None
        if other:
            present = desk.stored().get(("server", ""), {}).get("exempt.addresses", [])
            values = {"exempt.addresses": [*present, {"entry": other}]}
            desk.store.settings.change(("server", ""), values, "somebody else", time.time())
        return result if moment == "differences" else original(*arguments)

    monkeypatch.setattr(exemptions, moment, slow)


@pytest.mark.parametrize("moment", ["differences", "make"])
def test_two_at_once_lose_no_entry(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Somebody else is quicker, at the worst moment there is: all entries stay."""
    _overtaken(desk, monkeypatch, iter(["192.0.2.1", "192.0.2.2"]), moment)
    exemptions.add(desk, ADDRESSES, [Entry("192.0.2.3")])
    assert sorted(_names(desk)) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


def test_gives_up_at_last(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that never stops must not hang a page."""
    _overtaken(desk, monkeypatch, (f"192.0.2.{n}" for n in range(200)), "make")
    with pytest.raises(StoreChanged, match="by many at once"):
        exemptions.add(desk, ADDRESSES, [Entry("198.51.100.1")])


def test_a_fresh_server_exempts_nobody(office: Office) -> None:
    """And asking makes no store."""
    assert exemptions.listed(office.desk_on(None)) == []
    assert not office.config.state.exists()


def test_gives_several_another_end(desk: Desk) -> None:
    """A16: comments stay, the others' ends too."""
    entries = [Entry("192.0.2.1", "office", 4e9), Entry("192.0.2.2"), Entry("192.0.2.3", "", 3e9)]
    exemptions.add(desk, ADDRESSES, entries)
    exemptions.set_end(desk, ADDRESSES, ["192.0.2.1/32", "192.0.2.2", "192.0.2.9"], 5e9)
    assert exemptions.entries(desk, ADDRESSES) == [
        Entry("192.0.2.1", "office", 5e9),
        Entry("192.0.2.2", "", 5e9),
        Entry("192.0.2.3", "", 3e9),
    ]
    exemptions.set_end(desk, ADDRESSES, ["192.0.2.1"], 0)
    assert exemptions.entries(desk, ADDRESSES)[0] == Entry("192.0.2.1", "office", 0)


def test_pass_keeps_its_end(desk: Desk) -> None:
    place = Place(PASSES, DOMAIN)
    exemptions.add(desk, place, [Entry("TH", "", 4e9)])
    with pytest.raises(SettingError, match="must have an end"):
        exemptions.set_end(desk, place, ["TH"], 0)
    assert exemptions.entries(desk, place) == [Entry("TH", "", 4e9)]
