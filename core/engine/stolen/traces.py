"""What is remembered of each account: where it logs in from, and from where it was known before.

Some 30 octets an account, in a table that others may use for the same accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from core.engine.account_table import Column
from core.engine.stolen.trail import MOST, Sighting, latest, pack, unpack

_TOLD: Final = MOST + 1
"""The first octet: how many places wait for being judged, or so much and the number of countries
that the account was known from; two letters each follow, and then the trail."""

_COUNTRIES: Final = 255 - _TOLD
"""Whoever was known from more is known from so many."""


class Trace(Struct, gc=False):
    """What is remembered of one account.

    Attributes:
        places: its trail, the place seen last at the end.
        known: countries it was known from; None while nobody has told.
        fresh: how many of its latest places wait for being judged; none once `known` is told.
    """

    places: list[Sighting]
    known: tuple[str, ...] | None = None
    fresh: int = 0


class Traces:
    """The traces of all accounts.

    Args:
        column: where they are kept.
    """

    __slots__ = ("_column",)

    def __init__(self, column: Column) -> None:
        self._column = column

    def __len__(self) -> int:
        """Accounts that are remembered."""
        return len(self._column)

    def get(self, account: str) -> Trace | None:
        """The trace of an account; another one each time, so it must be kept once it is changed."""
        packed = self._column.get(account)
        return _unpacked(packed) if packed else None

    def keep(self, account: str, trace: Trace) -> None:
        """Remember the trace of an account."""
        self._column.put(account, _packed(trace))

    def dump(self) -> Iterator[tuple[str, bytes]]:
        """All accounts with their traces, packed; none may come or go meanwhile."""
        return self._column.items()

    def restore(self, account: str, packed: bytes) -> None:
        """Take back what `dump` gave.

        Raises:
            ValueError: it is damaged.
        """
        if not packed or len(packed) < 1 + 2 * (packed[0] - _TOLD):
            raise ValueError(f"{len(packed)} octets are no trace")
        _unpacked(packed)
        self._column.put(account, packed)

    def make_room(self) -> list[str]:
        """Forget a few accounts that were quiet for long; returns which, none when there are none.

        See `Column.make_room`: those who were quiet longest, of some who stand together.
        """
        return self._column.make_room(_latest)


def _packed(trace: Trace) -> bytes:
    trail = pack(trace.places)
    if trace.known is None:
        return bytes((min(trace.fresh, MOST),)) + trail
    known = trace.known[:_COUNTRIES]
    return bytes((_TOLD + len(known),)) + "".join(known).encode("ascii") + trail


def _unpacked(packed: bytes) -> Trace:
    places = unpack(_trail(packed))
    if packed[0] < _TOLD:
        return Trace(places, None, packed[0])
    codes = packed[1 : 1 + 2 * (packed[0] - _TOLD)].decode("ascii")
    return Trace(places, tuple(codes[at : at + 2] for at in range(0, len(codes), 2)))


def _trail(packed: bytes) -> bytes:
    return packed[1 + 2 * max(0, packed[0] - _TOLD) :]


def _latest(packed: bytes) -> int:
    return latest(_trail(packed))
