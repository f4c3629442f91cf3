"""A table of fixed rows by 64-bit keys, as small as arrays are and never larger than it may be.

A million attacking addresses must not take the daemon's memory: a dictionary of objects needs some
250 bytes for each, this some 50, and past its limit whatever matters least makes room.
"""

from __future__ import annotations

from array import array
from typing import Any

WAYS = 8
"""Places in which a key may stand; the least of them makes room when all are taken."""

SMALLEST = 1024
"""Rows of an empty table."""

_WORD = (1 << 64) - 1
LARGE = 1 << 18
"""Rows from which on a table doubles, and does not grow four times: that would be megabytes."""

_FULL = 0.7
"""Share of taken rows from which on the table grows: past it much is forgotten before its time."""


class Table:
    """Rows of numbers by key.

    Args:
        codes: a type code of `array` for each column; a new row holds zeros.
        limit: rows at most; a power of two.
        salt: odd, and unknown to strangers, so that nobody can aim at one corner of the table.

    Attributes:
        columns: one array for each code.
        rank: what a row is worth: of those that compete for a place the least goes.
    """

    __slots__ = ("_bits", "_codes", "_count", "_limit", "_salt", "columns", "keys", "rank")

    def __init__(self, codes: str, limit: int, salt: int) -> None:
        self._codes = codes
        self._limit = limit
        self._salt = salt | 1
        self._count = 0
        self._make(min(SMALLEST, limit))

    def _make(self, size: int) -> None:
        self._bits = (size // WAYS).bit_length() - 1
        self.keys = array("Q", bytes(8 * size))
        self.rank = _zeros("I", size)
        self.columns: list[array[Any]] = [_zeros(code, size) for code in self._codes]

    def __len__(self) -> int:
        return self._count

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return sum(each.itemsize * len(each) for each in (self.keys, self.rank, *self.columns))

    def find(self, key: int) -> int:
        """The row of a key, -1 when there is none."""
        base = (((key * self._salt) & _WORD) >> (64 - self._bits)) * WAYS
        keys = self.keys
        for row in range(base, base + WAYS):
            if keys[row] == key:
                return row
        return -1

    def place(self, key: int) -> int:
        """The row of a key, a new one where there was none.

        Args:
            key: not 0.
        """
        row = self.find(key)
        if row >= 0:
            return row
        if self._count > _FULL * len(self.keys) and len(self.keys) < self._limit:
            self._grow()
        return self._take(key)

    def _take(self, key: int) -> int:
        base = (((key * self._salt) & _WORD) >> (64 - self._bits)) * WAYS
        keys, rank = self.keys, self.rank
        chosen = base
        for row in range(base, base + WAYS):
            if not keys[row]:
                chosen = row
                self._count += 1
                break
            if rank[row] < rank[chosen]:
                chosen = row
        self._clear(chosen)
        keys[chosen] = key
        return chosen

    def forget(self, key: int) -> bool:
        """Empty a key's row; False when there was none."""
        row = self.find(key)
        if row < 0:
            return False
        self.keys[row] = 0
        self._clear(row)
        self._count -= 1
        return True

    def _clear(self, row: int) -> None:
        self.rank[row] = 0
        for column in self.columns:
            column[row] = 0

    def _grow(self) -> None:
        """Make four times the room: rarely enough that each row is moved once or twice in all."""
        keys, rank, columns = self.keys, self.rank, self.columns
        times = 4 if len(keys) < LARGE else 2
        self._count = 0
        self._make(min(times * len(keys), self._limit))
        for old, key in enumerate(keys):
            if key:
                new = self._take(key)
                self.rank[new] = rank[old]
                for mine, theirs in zip(self.columns, columns, strict=True):
                    mine[new] = theirs[old]


def _zeros(code: str, size: int) -> array[Any]:
    return array(code, bytes(array(code).itemsize * size))
