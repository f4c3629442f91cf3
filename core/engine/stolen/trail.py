"""Where an account logs in from: its latest places, packed, because there are many accounts.

A place is a network as its provider announces it: the changing addresses of a phone and both
protocols of one line are one place. Where the databases put one network into two countries, one of
them is wrong, and both are remembered as opinions. Some 40 octets each.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct as Layout
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
_LAYOUT: Final = Layout("<IIIBB2s2s16s")
_U32: Final = Layout("<I")


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
    if len(packed) % _LAYOUT.size:
        raise ValueError(f"{len(packed)} octets are no trail")
    return [
        Sighting(
            first,
            last,
            asn,
            country.rstrip(b"\0").decode("ascii"),
            second.rstrip(b"\0").decode("ascii"),
            version,
            int.from_bytes(value, "big"),
            flags,
        )
        for first, last, asn, version, flags, country, second, value in _LAYOUT.iter_unpack(packed)
    ]


def is_recent(packed: bytes, value: int, since: float) -> bool:
    """Whether a trail tells of a login from exactly that address after that moment."""
    wanted, size = value.to_bytes(16, "big"), _LAYOUT.size
    end = packed.rfind(wanted) + 16
    while end >= 16:
        if end % size == 0:
            return bool(_U32.unpack_from(packed, end - size + 4)[0] > since)
        end = packed.rfind(wanted, 0, end - 1) + 16
    return False


def pack(places: Iterable[Sighting]) -> bytes:
    """The trail of these places."""
    return b"".join(
        _LAYOUT.pack(
            each.first,
            each.last,
            each.asn,
            each.version,
            each.flags,
            each.country.encode("ascii"),
            each.second.encode("ascii"),
            each.value.to_bytes(16, "big"),
        )
        for each in places
    )


def followed(places: list[Sighting], seen: Sighting, window: float) -> list[Sighting]:
    """A trail with one more login, without what is too old to matter.

    Args:
        places: the trail.
        seen: the login; where the place is known, it is seen again.
        window: seconds for which a place matters that is not the account's own.
    """
    now, kept = seen.last, []
    for each in places:
        if each.network == seen.network:
            seen = _again(each, seen)
        elif now - each.last < (MEMORY if each.settled else window):
            kept.append(each)
    return [*kept[-MOST + 1 :], seen]


def _again(before: Sighting, seen: Sighting) -> Sighting:
    """A place that is seen again: what is known of it stays, and what is new is added."""
    country = before.country or seen.country
    others = (each for each in (before.second, seen.country, seen.second) if each != country)
    return Sighting(
        min(before.first, seen.first),
        max(before.last, seen.last),
        seen.asn,
        country,
        next((each for each in others if each), ""),
        seen.version,
        seen.value,
        seen.flags | before.flags & SUSPECT,
    )
