"""One entry: its one spelling, how it is stored, and whether it is legal."""

from __future__ import annotations

import pytest

from core.desk.entry import PASSES, Entry, Place, canonical, check, read, spelled, stored
from core.errors import SettingError
from core.settings.scope import Scope

MAILBOX = Scope("mailbox", "bob@example.test")


@pytest.mark.parametrize(
    ("entry", "spelling"),
    [
        ("203.0.113.77/24", "203.0.113.0/24"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("as64500", "AS64500"),
        ("Bob@Example.TEST.", "bob@example.test"),
    ],
)
def test_one_spelling_for_one_thing(entry: str, spelling: str) -> None:
    """A15: or it would stand in the list twice."""
    assert canonical(entry) == canonical(spelling) == spelling


def test_countries_are_spelled_as_codes() -> None:
    """K11: a traveller pass."""
    assert spelled(PASSES, " at ") == "AT"


@pytest.mark.parametrize(
    ("place", "entry"),
    [
        (Place("exempt.addresses", MAILBOX), Entry("192.0.2.0/24", "Büro", 5.0)),
        (Place("exempt.send"), Entry("news@example.test")),
        (Place(PASSES, MAILBOX), Entry("TH", "holidays", 4e9)),
    ],
)
def test_what_is_stored_is_read(place: Place, entry: Entry) -> None:
    """And legal as it is stored."""
    assert read(place.name, [stored(place.name, entry)]) == [entry]
    assert check(place, entry) == entry


@pytest.mark.parametrize(
    "value", [None, "text", {"damaged": "x"}, [1, {"entry": 2}, {"entry": "a", "expires": "soon"}]]
)
def test_nonsense_has_no_entries(value: object) -> None:
    """Another version, or a damaged store: the rest is still listed."""
    assert read("exempt.addresses", value) == []


@pytest.mark.parametrize(
    ("place", "entry", "said"),
    [
        (Place("exempt.addresses"), Entry("bob"), "'bob' is no address"),
        (Place("exempt.addresses"), Entry("0.0.0.0/0"), "would exempt everybody"),
        (Place("exempt.send"), Entry("192.0.2.1"), "neither an account nor a domain"),
        (Place("exempt.send", MAILBOX), Entry("a@x.test"), "server only"),
        (Place(PASSES), Entry("TH"), "must have an end"),
        (Place(PASSES), Entry("XQ", "", 4e9), "XQ is no country code"),
    ],
)
def test_says_why_it_is_not_legal(place: Place, entry: Entry, said: str) -> None:
    """Without the list's name, which stands above the form already."""
    with pytest.raises(SettingError, match=said) as error:
        check(place, entry)
    assert not str(error.value).startswith(place.name)


def test_an_entry_is_over_at_its_end() -> None:
    """A16: and one without an end never."""
    assert Entry("192.0.2.1", expires=100).is_over(100)
    assert not Entry("192.0.2.1", expires=100).is_over(99)
    assert not Entry("192.0.2.1").is_over()
