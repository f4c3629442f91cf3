"""What is remembered of each account: where it logs in from, and from where it was known before.

Some 30 octets an account, in a table that others may use for the same accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from core.engine.account_table import Column
from core.engine.stolen.trail import MOST, Sighting, latest, pack, unpack

SHARE: Final = 8
"""One in so many of a part of the table makes room: four accounts, of two dozen."""

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

    __slots__ = ("_column", "_next")

    def __init__(self, column: Column) -> None:
        self._column = column
        self._next = 0

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

    def items(self) -> Iterator[tuple[str, Trace]]:
        """All accounts with their traces; none may come or go meanwhile."""
        return ((account, _unpacked(packed)) for account, packed in self._column.items())

    def make_room(self) -> list[str]:
        """Forget a few accounts; returns which, none when there are none.

        Of two dozen that stand together those who were quiet longest, of others two dozen the next
        time: to know who was quiet longest of all would take more memory than the traces.
        """
        column = self._column
        for _ in range(column.parts):
            here = column.part(self._next % column.parts)
            self._next = (self._next + 1) % column.parts
            if here:
                here.sort(key=lambda each: latest(_trail(each[1])))
                names = [name for name, _ in here[: len(here) // SHARE + 1]]
                for name in names:
                    column.pop(name)
                return names
        return []


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
