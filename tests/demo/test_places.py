"""The places of the demo are where they say they are, by the databases that come with Mailward."""

from __future__ import annotations

from random import Random

import pytest

from core.net.addresses import is_local, parse
from core.sources.sources import Sources
from core.words import NetworkKind
from demo import places
from demo.places import Place

HOMES = [
    places.HOMES,
    places.PHONES,
    places.AUSTRIA,
    places.SWITZERLAND,
    places.ITALY,
    *(place for place, _ in places.BOTNET),
    *(place for _, place in places.ABROAD),
    *places.THIEVES,
]


def addresses(place: Place) -> list[str]:
    """Some of each range."""
    random = Random(7)
    return [place.address(random) for _ in range(20 * len(place.prefixes))]


@pytest.mark.parametrize("place", HOMES, ids=lambda place: "-".join(place.prefixes[:1]))
def test_homes_are_in_their_country_and_in_no_list(place: Place, sources: Sources) -> None:
    for address in addresses(place):
        facts = sources.look(address)
        assert facts.country == place.country, address
        assert facts.hits == (), address


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        *((place, NetworkKind.CLOUD) for place, _ in places.CLOUDS),
        (places.GOOGLE, NetworkKind.RELAY),
        (places.OUTLOOK, NetworkKind.RELAY),
        (places.HIJACKED, NetworkKind.ATTACKER),
        (places.TOR, NetworkKind.ANONYMISER),
    ],
    ids=lambda value: value.prefixes[0] if isinstance(value, Place) else str(value),
)
def test_listed_places_are_of_one_kind(place: Place, kind: NetworkKind, sources: Sources) -> None:
    for address in addresses(place):
        assert {hit.kind for hit in sources.look(address).hits} == {kind}, address


@pytest.mark.parametrize("place", [places.HIJACKED, places.TOR, places.REPORTED])
def test_only_documentation_addresses_are_called_attackers(place: Place) -> None:
    """RFC 5737 and RFC 3849: nobody real is accused."""
    for prefix in place.prefixes:
        assert prefix.startswith(("203.0.113.", "198.51.100.", "192.0.2.", "2001:db8:"))


def test_addresses_are_in_their_ranges_and_short_enough_to_read() -> None:
    for address in addresses(places.PHONES) + addresses(places.HIJACKED):
        parsed = parse(address)
        assert parsed is not None
        assert not is_local(parsed)
        assert len(address) <= 22
