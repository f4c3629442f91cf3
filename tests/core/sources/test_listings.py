"""All lists that change by the minute, behind one question."""

from __future__ import annotations

from core.sources.facts import AddressFacts, NetworkHit
from core.sources.listings import Asked, Listings
from core.sources.status import SourceStatus
from core.words import NetworkKind


class Told:
    """A list that somebody told."""

    def __init__(self, name: str, *addresses: str) -> None:
        self.name = name
        self._addresses = addresses

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        if facts.address not in self._addresses:
            return ()
        return (NetworkHit(NetworkKind.ATTACKER, self.name, facts.address, self.name),)

    def status(self) -> SourceStatus:
        return SourceStatus(self.name)


class ByDns(Told):
    """A list that has to be asked."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.wanted: list[str] = []

    def want(self, facts: AddressFacts) -> None:
        self.wanted.append(facts.address)


BAD = AddressFacts("203.0.113.7", 4, 1)


def test_without_lists_nobody_is_listed_and_nobody_asked() -> None:
    listings = Listings()
    assert listings.hits(BAD) == ()
    assert not listings.asks
    listings.want(BAD)


def test_every_list_has_its_say() -> None:
    """C1."""
    listings = Listings()
    listings.use([Told("one", BAD.address), Told("two"), Told("three", BAD.address)])
    assert [hit.source for hit in listings.hits(BAD)] == ["one", "three"]
    assert [each.name for each in listings.status()] == ["one", "two", "three"]


def test_local_addresses_are_never_listed() -> None:
    listings = Listings()
    listings.use([Told("one", "10.0.0.1")])
    assert listings.hits(AddressFacts("10.0.0.1", 4, 1, local=True)) == ()


def test_only_those_are_asked_that_have_to_be() -> None:
    listings, dns = Listings(), ByDns("dns")
    assert isinstance(dns, Asked)
    listings.use([Told("one"), dns])
    assert listings.asks
    listings.want(BAD)
    assert dns.wanted == [BAD.address]


def test_what_was_decided_before_is_old_when_lists_change() -> None:
    changes: list[str] = []
    listings = Listings(lambda: changes.append("changed"))
    listings.use([])
    assert len(changes) == 1
    listings.changed()
    assert len(changes) == 2
