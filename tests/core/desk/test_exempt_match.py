"""Would this be exempt? The entry that decides is named, with its scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.desk import exemptions
from core.desk.desk import Desk
from core.desk.entry import PASSES, Entry, Place
from core.desk.exempt_match import match
from core.desk.exemptions import Exemption
from core.errors import SettingError
from core.settings.scope import SERVER_SCOPE, Scope
from tests.core.desk.office import Office
from tests.databases import write_asn, write_country

DOMAIN = Scope("domain", "example.test")
MAILBOX = Scope("mailbox", "bob@example.test")
LISTS = {
    Place("exempt.addresses"): [
        Entry("203.0.113.0/24", "the provider"),
        Entry("198.51.100.7", "over", 1000),
        Entry("AS64501", "their network"),
    ],
    Place("exempt.addresses", DOMAIN): [Entry("203.0.113.7", "shop")],
    Place("exempt.addresses", MAILBOX): [Entry("198.51.100.0/25", "home", 4e9)],
    Place("exempt.addresses", Scope("domain", "off.test")): [Entry("198.51.100.0/24")],
    Place("exempt.accounts"): [Entry("travel.test"), Entry("eve@example.test")],
    Place("exempt.send"): [Entry("example.test", "newsletter")],
    Place(PASSES, MAILBOX): [Entry("TH", "holidays", 4e9), Entry("AT", "", 1000)],
}


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    """A desk with entries of every kind."""
    countries = {"198.51.100.0/24": "AT", "192.0.2.0/24": "TH", "203.0.113.0/24": "DE"}
    write_country(office.config.data / "country.mmdb", countries)
    write_asn(office.config.data / "asn.mmdb", {"192.0.2.0/24": (64501, "Example")})
    with office.desk() as found:
        for place, entries in LISTS.items():
            exemptions.add(found, place, entries)
        values = {"domain.enabled": False}
        found.store.settings.change(("domain", "off.test"), values, "x", 1.0)
        yield found


def _which(found: Exemption | None) -> tuple[str, Scope] | None:
    return None if found is None else (found.entry.entry, found.place.scope)


@pytest.mark.parametrize(
    ("address", "account", "before", "after"),
    [
        pytest.param("203.0.113.9", "", "203.0.113.0/24", SERVER_SCOPE, id="network"),
        pytest.param("192.0.2.1", "", "AS64501", SERVER_SCOPE, id="system"),
        pytest.param("198.51.100.7", "", None, None, id="over"),
        pytest.param("203.0.113.7", "al@example.test", "203.0.113.0/24", DOMAIN, id="narrowest"),
        pytest.param("198.51.100.9", "Bob@Example.test", None, MAILBOX, id="mailbox"),
        pytest.param("198.51.100.9", "al@example.test", None, None, id="other mailbox"),
        pytest.param("198.51.100.9", "al@off.test", None, None, id="domain switched off"),
        pytest.param("198.51.100.9", "al@travel.test", None, SERVER_SCOPE, id="account"),
    ],
)
def test_the_entry_that_decides_is_named(
    desk: Desk, address: str, account: str, before: str | None, after: Scope | None
) -> None:
    """A10, A11: as the engine decides, before the password and after it."""
    found = match(desk, address, account)
    assert (found.before and found.before.entry.entry) == before
    assert (found.after and found.after.place.scope) == after


def test_accounts_alone(desk: Desk) -> None:
    """B5: who may send without limit, and by which entry."""
    found = match(desk, account="eve@example.test")
    assert _which(found.after) == ("eve@example.test", SERVER_SCOPE)
    assert _which(found.sending) == ("example.test", SERVER_SCOPE)
    assert (found.facts, found.before, found.passes) == (None, None, ())


def test_passes_of_the_addresss_country(desk: Desk) -> None:
    """K11: those that hold, of the account's own scopes."""
    found = match(desk, "192.0.2.1", "bob@example.test")
    assert [_which(each) for each in found.passes] == [("TH", MAILBOX)]
    assert match(desk, "198.51.100.9", "bob@example.test").passes == ()
    assert match(desk, "192.0.2.1", "al@example.test").passes == ()


@pytest.mark.parametrize(("address", "said"), [("", "name an address"), ("bob", "no IP address")])
def test_a_question_about_nobody(desk: Desk, address: str, said: str) -> None:
    """Said before anything is looked up."""
    with pytest.raises(SettingError, match=said):
        match(desk, address)
