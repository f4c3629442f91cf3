"""Where an account logs in from: its latest places, packed, because there are many accounts.

A place is a network as its provider announces it: the changing addresses of a phone and both
protocols of one line are one place. Where the databases put one network into two countries, one of
them is wrong, and both are remembered as opinions. Fifteen octets for a place that was seen once,
up to 33 for one by IPv6.
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
_SECOND: Final = 8
_SYSTEM: Final = 16
_AGAIN: Final = 32
"""Further flags of a packed place: what there is of it. It was seen more than once."""

_KNOWN: Final = HIDDEN | SUSPECT
_U32: Final = (1 << 32) - 1
_NOWHERE: Final = b"\0\0"
_LAST: Final = struct.Struct("<I")
_LAYOUTS: Final = tuple(
    struct.Struct(
        "<B2s"
        + ("16s" if flags & _IPV6 else "I")
        + ("2s" if flags & _SECOND else "")
        + ("I" if flags & _SYSTEM else "")
        + ("I" if flags & _AGAIN else "")
        + "I"
    )
    for flags in range(0, 64, 4)
)
"""By flags: these, country, value, second country, system, seconds from first to last, last."""


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
            layout = _LAYOUTS[flags >> 2]
            fields = layout.unpack_from(packed, at)
            at += layout.size
            value, last, more = fields[2], fields[-1], 3
            if flags & _IPV6:
                value = int.from_bytes(value, "big")
            country, second, asn, first = fields[1], "", 0, last
            if flags & _SECOND:
                second = fields[more].decode("ascii")
                more += 1
            if flags & _SYSTEM:
                asn = fields[more]
                more += 1
            if flags & _AGAIN:
                first = (last - fields[more]) & _U32
            country = country.decode("ascii") if country != _NOWHERE else ""
            version = 6 if flags & _IPV6 else 4
            places.append(
                Sighting(first, last, asn, country, second, version, value, flags & _KNOWN)
            )
    except (IndexError, struct.error):
        raise ValueError(f"{end} octets are no trail") from None
    return places


def latest(packed: bytes) -> int:
    """When the last place of a packed trail was seen last, seconds since 1970; 0 for no trail."""
    return int(_LAST.unpack_from(packed, len(packed) - 4)[0]) if len(packed) > 4 else 0


def pack(places: Iterable[Sighting]) -> bytes:
    """The trail of these places."""
    return b"".join(map(_packed, places))


def _packed(place: Sighting) -> bytes:
    flags, value = place.flags, place.value
    fields: list[bytes | int] = [place.country.encode("ascii"), value]
    if place.version == 6:
        flags |= _IPV6
        fields[1] = value.to_bytes(16, "big")
    if place.second:
        flags |= _SECOND
        fields.append(place.second.encode("ascii"))
    if place.asn:
        flags |= _SYSTEM
        fields.append(place.asn)
    last = place.last
    if place.first != last:
        flags |= _AGAIN
        fields.append((last - place.first) & _U32)
    return _LAYOUTS[flags >> 2].pack(flags, *fields, last)


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
