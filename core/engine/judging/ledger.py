"""Rows of one layout by 64-bit key, as small as they are long: a fifth more, and no holes.

Some two dozen rows stand together on a page, which is made anew with each change, and one page at a
time becomes two (linear hashing, as in `core.engine.account_table`). Past its limit whatever is
worth least on its page makes room. Of a key 32 bits are kept, and what its page says of it: one
key in a million may be taken for another.
"""

from __future__ import annotations

from array import array
from itertools import chain
from struct import Struct
from sys import byteorder
from typing import Final

USUAL: Final = 24
"""Rows on a page, in the mean."""

FIRST_BITS: Final = 7
"""An empty ledger has two to the power of this pages: what is kept of a key begins there."""

_CHECK: Final = (1 << 32) - 1
_OCTETS: Final = 4


class Ledger:
    """Rows by key; one with a higher first number is worth more.

    Args:
        layout: numbers of a row, as for `struct`, the rank first.
        limit: rows at most.
        salt: unknown to strangers, so that nobody can aim at one page.
    """

    __slots__ = (
        "_count",
        "_layout",
        "_level",
        "_limit",
        "_pages",
        "_salt",
        "_size",
        "_split",
        "_unpack",
        "_width",
    )

    def __init__(self, layout: str, limit: int, salt: int) -> None:
        self._layout = Struct(layout)
        self._unpack = self._layout.unpack_from
        self._size = self._layout.size
        self._width = _OCTETS + self._size
        self._limit = limit
        self._salt = salt
        self._count = 0
        self._level = 1 << FIRST_BITS  # how many pages there were when all had been split
        self._split = 0  # how many of them are split again by now
        self._pages = [b""] * self._level

    def __len__(self) -> int:
        return self._count

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return sum(page.__sizeof__() + 8 for page in self._pages)

    def get(self, key: int) -> tuple[int, ...] | None:
        """The row of a key, None when there is none."""
        hashed = hash((key, self._salt))  # as `_home`, which would be slow to call
        home = hashed & (self._level - 1)
        if home < self._split:
            home = hashed & (2 * self._level - 1)
        page = self._pages[home]
        end = len(page) // self._width * _OCTETS
        check = (hashed >> FIRST_BITS & _CHECK).to_bytes(_OCTETS, byteorder)
        at = page.find(check, 0, end)
        if at % _OCTETS:
            at = _find(page, check, end)
        if at < 0:
            return None
        return self._unpack(page, end + at // _OCTETS * self._size)

    def put(self, key: int, *row: int) -> None:
        """Give a key another row, or its first one."""
        home, check = self._home(key)
        page, packed, size = self._pages[home], self._layout.pack(*row), self._size
        end = len(page) // self._width * _OCTETS
        number = _find(page, check, end) // _OCTETS
        if number < 0 and self._count >= self._limit and page:
            number = self._least(page, end)
        if number < 0:
            self._pages[home] = b"".join((page[:end], check, page[end:], packed))
            self._count += 1
            if self._count > USUAL * len(self._pages):
                self._grow()
        else:
            mark, at = number * _OCTETS, end + number * size
            rest = page[mark + _OCTETS : at]
            self._pages[home] = b"".join((page[:mark], check, rest, packed, page[at + size :]))

    def _home(self, key: int) -> tuple[int, bytes]:
        """The page of a key, and what is kept of it."""
        hashed = hash((key, self._salt))
        home = hashed & (self._level - 1)
        if home < self._split:
            home = hashed & (2 * self._level - 1)
        return home, (hashed >> FIRST_BITS & _CHECK).to_bytes(_OCTETS, byteorder)

    def _least(self, page: bytes, end: int) -> int:
        ranks = [row[0] for row in self._layout.iter_unpack(page[end:])]
        return ranks.index(min(ranks))

    def _grow(self) -> None:
        """Make two pages of one."""
        page, size, bit = self._pages[self._split], self._size, self._level >> FIRST_BITS
        end = len(page) // self._width * _OCTETS
        low: tuple[list[bytes], list[bytes]] = [], []
        high: tuple[list[bytes], list[bytes]] = [], []
        at = end
        for start, check in enumerate(array("I", page[:end])):
            checks, rows = high if check & bit else low
            checks.append(page[start * _OCTETS : (start + 1) * _OCTETS])
            rows.append(page[at : at + size])
            at += size
        self._pages[self._split] = b"".join(chain(*low))
        self._pages.append(b"".join(chain(*high)))
        self._split += 1
        if self._split == self._level:
            self._level, self._split = 2 * self._level, 0


def _find(page: bytes, check: bytes, end: int) -> int:
    """Where a key stands, -1 for nowhere; not where the end of one and another's beginning do."""
    at = page.find(check, 0, end)
    while at >= 0 and at % _OCTETS:
        at = page.find(check, at + 1, end)
    return at
