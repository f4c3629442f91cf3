"""Whom root really bans of those that the daemon has named: never people that must get in.

The daemon has chosen with all that it knows; this is the last look, with what root knows, and it
believes nothing: an administrator who is locked out cannot mend anything.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import Final

from msgspec import Struct

from core.net.addresses import Address, is_local, parse
from core.net.prefixes import Prefix
from core.system.ban_file import Ban

MOST: Final = 50_000
"""Addresses that are banned at most, whatever the file says."""

LONGEST: Final = 30 * 86_400
"""Seconds that a ban lasts at most."""

WIDEST: Final = {4: 24, 6: 48}
"""Shortest prefix that is banned."""


class Chosen(Struct, frozen=True):
    """A ban that may be made.

    Attributes:
        prefix: whom; no two of a choice overlap.
        seconds: for how long from now on.
    """

    prefix: Prefix
    seconds: int

    @property
    def text(self) -> str:
        """As people and programs write it: ``192.0.2.1``, ``2001:db8::/64``."""
        single = self.prefix.length == (32 if self.prefix.version == 4 else 128)
        return str(self.prefix).partition("/")[0] if single else str(self.prefix)


class LeftOut(Struct, frozen=True):
    """A ban that is not made, and why."""

    address: str
    why: str


class Choice(Struct, frozen=True):
    """Whom root bans, and whom not."""

    chosen: tuple[Chosen, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def choose(
    bans: Iterable[Ban], now: float, own: Collection[str], people: Collection[str]
) -> Choice:
    """Look at each ban once more; those that are over are passed over.

    Args:
        bans: what the daemon wants.
        now: seconds since 1970.
        own: this server's addresses.
        people: addresses from which somebody is logged in to this server now.
    """
    spared = [(_addresses(own), "is this server's own"), (_addresses(people), "is logged in here")]
    found: dict[Prefix, int] = {}
    left_out: list[LeftOut] = []
    for ban in bans:
        if not ban.until > now:  # over, or no number
            continue
        prefix = _prefix(ban.address)
        why = "is no address" if prefix is None else _objection(prefix, spared)
        if prefix is None or why:
            left_out.append(LeftOut(ban.address[:64], why))
            continue
        length = ban.until - now
        seconds = LONGEST if math.isinf(length) else max(1, min(LONGEST, math.ceil(length)))
        found[prefix] = max(seconds, found.get(prefix, 0))
    chosen = [Chosen(prefix, found[prefix]) for prefix in _widest(found)]
    chosen.sort(key=lambda each: each.seconds, reverse=True)
    left_out += [LeftOut(each.text, "is one too many") for each in chosen[MOST:]]
    return Choice(tuple(sorted(chosen[:MOST], key=lambda each: each.prefix)), tuple(left_out))


def _prefix(text: str) -> Prefix | None:
    try:
        return Prefix.parse(text)
    except ValueError:
        return None


def _addresses(texts: Collection[str]) -> list[Address]:
    return [address for address in map(parse, texts) if address is not None]


def _objection(prefix: Prefix, spared: list[tuple[list[Address], str]]) -> str:
    """Why a prefix is not banned, "" when it is."""
    if prefix.length < WIDEST[prefix.version]:
        return "is too wide"
    if is_local(Address(prefix.version, prefix.value, "")):
        return "is near"
    for addresses, why in spared:
        for address in addresses:
            if address.version == prefix.version and prefix.value <= address.value <= prefix.last:
                return why
    return ""


def _widest(prefixes: Iterable[Prefix]) -> list[Prefix]:
    """Those that no other one covers: nftables refuses intervals that overlap."""
    kept: list[Prefix] = []
    for prefix in sorted(prefixes):  # a wider one comes before those in it
        if not kept or not kept[-1].covers(prefix):
            kept.append(prefix)
    return kept
