"""Where an account logs in from: its latest places, packed, because there are many accounts.

A place is a network as its provider announces it: the changing addresses of a phone and both
protocols of one line are one place. Where the databases put one network into two countries, one of
them is wrong, and both are remembered as opinions. A place takes 21 octets, by IPv6 33.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from core.sources.facts import AddressFacts
from core.words import NetworkKind

MOST: Final = 64
"""Places of an account that are remembered: those that were seen last."""

SETTLED: Final = 23 * 3600
"""Seconds over which a place must be seen to be one of the account's own."""

MEMORY: Final = 30 * 86_400
"""Seconds for which a place of its own is remembered."""

HIDDEN: Final = 1
SUSPECT: Final = 2
"""Flags: a hosting or VPN network, whose country says nothing; part of a signal, never settled."""

_VEILS: Final = frozenset({NetworkKind.CLOUD, NetworkKind.ANONYMISER})
_IPV6: Final = 4
"""A further flag of a packed place."""

_KNOWN: Final = HIDDEN | SUSPECT
_U32: Final = (1 << 32) - 1
_NOWHERE: Final = b"\0\0"
_LAST: Final = struct.Struct("<I")
_FOUR: Final = struct.Struct("<B2s2sIIII")
_SIX: Final = struct.Struct("<B2s2sI16sII")
"""Flags, both countries, system, address, seconds from the first time to the last, last time."""


class Sighting(Struct, frozen=True):
    """One place of an account.

    Attributes:
        first, last: when it was seen first and last, seconds since 1970.
        asn: the network's number, 0 when it is not known.
        country, second: both opinions about the country, "" for none.
        version, value: the latest address.
        flags: see `HIDDEN` and `SUSPECT`.
    """

    first: int
    last: int
    asn: int
    country: str
    second: str
    version: int
    value: int
    flags: int = 0

    @property
    def countries(self) -> frozenset[str]:
        """All opinions about where it is."""
        return frozenset((self.country, self.second)) - {""}

    @property
    def network(self) -> tuple[int, int]:
        """What makes two addresses the same network: the provider's, or /24 and /48."""
        if self.asn:
            return self.asn, 0
        return self.version, self.value >> (8 if self.version == 4 else 80)

    @property
    def hidden(self) -> bool:
        """Whether its country says nothing about the person."""
        return bool(self.flags & HIDDEN)

    @property
    def settled(self) -> bool:
        """Whether it is one of the account's own places."""
        return not self.flags & SUSPECT and self.last - self.first >= SETTLED


def sighting(at: float, facts: AddressFacts) -> Sighting:
    """A place as it is seen for the first time."""
    country = facts.country or facts.second
    return Sighting(
        first=int(at),
        last=int(at),
        asn=facts.asn,
        country=country,
        second=facts.second if facts.second != country else "",
        version=facts.version,
        value=facts.value,
        flags=HIDDEN if any(hit.kind in _VEILS for hit in facts.hits) else 0,
    )


def unpack(packed: bytes) -> list[Sighting]:
    """The places of a trail, the one seen last at the end.

    Raises:
        ValueError: it is none.
    """
    places = []
    at, end = 0, len(packed)
    try:
        while at < end:
            flags = packed[at]
            layout = _SIX if flags & _IPV6 else _FOUR
            _, country, second, asn, value, span, last = layout.unpack_from(packed, at)
            at += layout.size
            places.append(
                Sighting(
                    (last - span) & _U32,
                    last,
                    asn,
                    country.decode("ascii") if country != _NOWHERE else "",
                    second.decode("ascii") if second != _NOWHERE else "",
                    6 if flags & _IPV6 else 4,
                    int.from_bytes(value, "big") if flags & _IPV6 else value,
                    flags & _KNOWN,
                )
            )
    except struct.error:
        raise ValueError(f"{end} octets are no trail") from None
    return places


def latest(packed: bytes) -> int:
    """When the last place of a packed trail was seen last, seconds since 1970; 0 for no trail."""
    return int(_LAST.unpack_from(packed, len(packed) - 4)[0]) if len(packed) > 4 else 0


def pack(places: Iterable[Sighting]) -> bytes:
    """The trail of these places."""
    return b"".join(map(_packed, places))


def _packed(place: Sighting) -> bytes:
    country, second = place.country.encode("ascii"), place.second.encode("ascii")
    asn, last = place.asn, place.last
    span = (last - place.first) & _U32
    if place.version == 4:
        return _FOUR.pack(place.flags, country, second, asn, place.value, span, last)
    value = place.value.to_bytes(16, "big")
    return _SIX.pack(place.flags | _IPV6, country, second, asn, value, span, last)


def followed(places: list[Sighting], seen: Sighting, window: float) -> list[Sighting]:
    """A trail with one more login, without what is too old to matter.

    Args:
        places: the trail.
        seen: the login; where the place is known, it is seen again.
        window: seconds for which a place matters that is not the account's own.
    """
    now, network, kept = seen.last, seen.network, []
    for each in places:
        if each.network == network:
            seen = _again(each, seen)
        elif now - each.last < (MEMORY if each.settled else window):
            kept.append(each)
    return [*kept[-MOST + 1 :], seen]


def _again(before: Sighting, seen: Sighting) -> Sighting:
    """A place that is seen again: what is known of it stays, and what is new is added."""
    country = before.country or seen.country
    second = before.second
    if not second or second == country:
        others = (each for each in (seen.country, seen.second) if each and each != country)
        second = next(others, "")
    return Sighting(
        min(before.first, seen.first),
        max(before.last, seen.last),
        seen.asn,
        country,
        second,
        seen.version,
        seen.value,
        seen.flags | before.flags & SUSPECT,
    )
