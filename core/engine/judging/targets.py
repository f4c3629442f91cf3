"""Which accounts are attacked from many sides at once: slow guessing that no address shows.

An account is never refused for it. It only makes an address without history that tries it, and
fails, an attacker sooner.
"""

from __future__ import annotations

from typing import Final

from core.engine.judging.fingerprint import bit, size
from core.engine.judging.place import Places
from core.engine.judging.table import Table

SIDES: Final = 8.0
"""Strange networks with passwords of their own, or systems, from which on an account is attacked.
A phone with an old password comes from as many networks, but with one password."""

_CROWDED: Final = 40
"""Bits of a sketch from which on a new one is too rare to be asked for."""

_BORN, _LAST, _POINTS, _NETWORKS, _ATTEMPTS, _SYSTEMS = range(6)


class Targets:
    """Strangers that failed, by account.

    Args:
        limit: accounts at most, see `Table`.
        salt: see `Table`.

    Attributes:
        fading: seconds after which what was seen counts half.
    """

    __slots__ = ("_table", "fading")

    def __init__(self, limit: int, salt: int) -> None:
        self._table = Table("IIfQQQ", limit, salt)
        self.fading = 86_400.0

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return self._table.octets

    def tried(self, account: int, attempt: int, where: Places, at: float) -> int:
        """Note that a stranger failed; returns from how many sides, 0 while it is no attack.

        Args:
            account: fingerprint of the account.
            attempt: fingerprint of the account with the password, 0 when nobody knows it.
            where: where the stranger comes from.
            at: when, seconds since 1970.
        """
        table = self._table
        row = table.place(account)
        columns = table.columns
        points = self._faded(row, at)
        if at - columns[_BORN][row] > self.fading:
            columns[_BORN][row] = int(at)
            columns[_NETWORKS][row] = columns[_ATTEMPTS][row] = columns[_SYSTEMS][row] = 0
        marks = {_NETWORKS: bit(where.network)}
        marks[_ATTEMPTS if attempt else _SYSTEMS] = bit(attempt or where.system)
        fresh = all(
            not columns[column][row] & mark
            or (column != _NETWORKS and columns[column][row].bit_count() > _CROWDED)
            for column, mark in marks.items()
        )
        for column, mark in marks.items():
            columns[column][row] |= mark
        points += fresh
        columns[_POINTS][row] = points
        columns[_LAST][row] = max(columns[_LAST][row], int(at))
        table.rank[row] = int(columns[_LAST][row] + min(points, 240) * 3600)
        return max(round(points), size(columns[_NETWORKS][row])) if points >= SIDES else 0

    def sides(self, account: int, at: float) -> float:
        """How many strange networks count against an account now."""
        row = self._table.find(account)
        return self._faded(row, at) if row >= 0 else 0.0

    def _faded(self, row: int, at: float) -> float:
        columns = self._table.columns
        passed = max(0.0, at - columns[_LAST][row])
        return float(columns[_POINTS][row] * 0.5 ** (passed / self.fading))
