"""Where somebody comes from, as one number: an address, the network around it, its system.

An address is an IPv4 address or an IPv6 /64, because whoever has one address of a /64 has all of
them. A network is a /24 or a /48, a system an autonomous system. The numbers of the kinds do not
overlap: nobody connects from 0.0.0.0/8, and IPv6 is only routed in 2000::/3.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from core.net.addresses import text_of
from core.net.prefixes import Prefix
from core.sources.facts import AddressFacts

Kind = Literal["address", "network", "system"]

_SYSTEM: Final = 1 << 63
_V4_NETWORKS: Final = 1 << 24
_V4: Final = 1 << 32
_V6_NETWORKS: Final = 1 << 48


class Places(NamedTuple):
    """Where an address lies.

    Attributes:
        address, network, system: numbers; `system` is 0 when nobody knows it.
    """

    address: int
    network: int
    system: int


def places(facts: AddressFacts) -> Places | None:
    """Where an address lies; None for one that is near, or no address of the internet."""
    value = facts.value
    if facts.local:
        return None
    system = _SYSTEM | facts.asn if facts.asn else 0
    if facts.version == 4:
        return Places(value, value >> 8, system) if value >> 24 else None
    if value >> 125 != 1:
        return None
    return Places(value >> 64, value >> 80, system)


def kind_of(place: int) -> Kind:
    """What the number stands for."""
    if place & _SYSTEM:
        return "system"
    if _V4_NETWORKS <= place < _V4 or place >= _V6_NETWORKS:
        return "address"
    return "network"


def prefix_of(place: int) -> Prefix | None:
    """The addresses of a place; None for a system."""
    if place & _SYSTEM:
        return None
    if place < _V4_NETWORKS:
        return Prefix(4, place << 8, 24)
    if place < _V4:
        return Prefix(4, place, 32)
    if place < _V6_NETWORKS:
        return Prefix(6, place << 80, 48)
    return Prefix(6, place << 64, 64)


def text(place: int) -> str:
    """A place as people write it: ``192.0.2.1``, ``2001:db8::/64``, ``AS64500``."""
    prefix = prefix_of(place)
    if prefix is None:
        return f"AS{place & ~_SYSTEM}"
    return text_of(4, prefix.value) if prefix.length == 32 else str(prefix)


def system_of(place: int) -> int:
    """The number of an autonomous system, 0 for another kind of place."""
    return place & ~_SYSTEM if place & _SYSTEM else 0


def read(written: str) -> int:
    """The place that a text names; host bits do not matter.

    Raises:
        ValueError: it is no address, no /24, /48 or /64, and no system; the text says so.
    """
    bare = written.strip()
    if bare[:2].upper() == "AS" and bare[2:].isascii() and bare[2:].isdecimal():
        number = int(bare[2:])
        if 0 < number < _V4:
            return _SYSTEM | number
    try:
        prefix = Prefix.parse(bare)
    except ValueError:
        raise ValueError(
            f"{bare!r} is no address, no network and no autonomous system (AS64500)"
        ) from None
    version, value, length = prefix
    facts = AddressFacts("", version, value)
    found = places(facts)
    if found is not None:
        if length in ((32,) if version == 4 else (64, 128)):
            return found.address
        if length == (24 if version == 4 else 48):
            return found.network
    raise ValueError(
        f"{bare!r}: attackers are kept by address (IPv6: /64), by network (/24, IPv6: /48) and by "
        "autonomous system"
    )
