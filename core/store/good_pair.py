"""An account and a place from which it logs in, as the store keeps it and the engine knows it."""

from __future__ import annotations

from msgspec import Struct


class GoodPair(Struct, frozen=True, gc=False):
    """An account and a network from which it logged in.

    Attributes:
        account: normalised name; "" for an address at which several accounts are at home.
        network: a /24 or, of IPv6, a /48; for an address, that (IPv6: its /64).
        system: number of the autonomous system, 0 when unknown.
        first, last: the first and the last day, counted from 1970-01-01 in UTC.
        days: on how many different days, as far as anybody counted.
        accounts: how many accounts; 1 for a pair.
    """

    account: str
    network: str
    system: int
    first: int
    last: int
    days: int = 1
    accounts: int = 1
