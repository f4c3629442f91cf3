"""What is remembered of very many accounts, in little more memory than it is long.

A dictionary takes 130 octets for a name before anything is said about it. Here some twenty
accounts stand together in one string of octets, a page, which is made anew with each change; the
hash of a name tells which page it is on. To look something up takes under a microsecond, to change
it two or three: whoever is busy is better kept elsewhere until he rests.

The table grows and shrinks by one page at a time (W. Litwin, "Linear hashing: a new tool for file
and table addressing", VLDB 1980), so no call takes long. It knows nothing of what the octets mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

USUAL: Final = 24
"""Accounts on a page, in the mean. With sixteen a daemon of 100,000 accounts takes 2 MB more: the
system's allocator does not give all holes between small pages away again."""

FEWEST: Final = 9
"""With fewer accounts on a page in the mean, two pages become one."""

LONGEST: Final = 255
"""Octets of a name, and of what a column remembers, that fit on a page."""

MOST: Final = 255
"""Accounts that fit on a page; there are more only if somebody has chosen their hashes."""

SHARE: Final = 8
"""One in so many that stand together makes room."""

_EMPTY: Final = b"\0"
_TAG: Final = 48
"""Eight bits of a hash from here on are an account's tag on its page; the lowest tell the page."""


class AccountTable:
    """Columns of octets by account, for those who share the names.

    A page is one octet for the number of its accounts; for each its tag, one octet; for each the
    lengths of its name and of its columns, one octet each; for each its name and its columns. What
    does not fit is kept in a dictionary.

    Args:
        columns: how many.

    Attributes:
        columns: these.
    """

    __slots__ = (
        "_found",
        "_found_name",
        "_large",
        "_level",
        "_on_pages",
        "_pages",
        "_split",
        "_width",
        "columns",
    )

    def __init__(self, columns: int = 1) -> None:
        self._width = columns + 1
        self._pages = [_EMPTY]
        self._level = 1  # how many pages there were when all had been split
        self._split = 0  # how many of them are split again by now
        self._on_pages = 0
        self._large: dict[str, list[bytes]] = {}
        self._found_name: str | None = None  # who was looked up last, and where it was found
        self._found = (0, _EMPTY, 0, 0)
        self.columns = tuple(Column(self, number) for number in range(1, columns + 1))

    def __len__(self) -> int:
        """Accounts of which any column remembers something."""
        return self._on_pages + len(self._large)

    @property
    def octets(self) -> int:
        """What it takes of memory, about."""
        large = sum(500 + len(name) + sum(map(len, row)) for name, row in self._large.items())
        return sum(page.__sizeof__() + 16 for page in self._pages) + large

    @property
    def parts(self) -> int:
        """In how many parts all accounts can be looked at; it changes as accounts come and go."""
        return len(self._pages) + 1

    def part(self, number: int) -> list[tuple[str, list[bytes]]]:
        """One part of the accounts, with all columns; nothing where the table is smaller by now.

        Args:
            number: from 0 to below `parts`.
        """
        if number < len(self._pages):
            return [(_text(cells[0]), cells[1:]) for cells in self._read(self._pages[number])]
        return list(self._large.items()) if number == len(self._pages) else []

    # one account

    def get(self, name: str, number: int) -> bytes:
        """See `Column.get`."""
        _, page, at, start = self._find(name)
        if not at:
            row = self._large.get(name) if self._large else None
            return row[number - 1] if row else b""
        start += sum(page[at : at + number])
        return page[start : start + page[at + number]]

    def put(self, name: str, number: int, data: bytes) -> bytes:
        """See `Column.put`; returns what was remembered before."""
        home, page, at, start = self._find(name)
        self._found_name = None
        if not at:
            return self._put_elsewhere(name, home, number, data)
        length = at + number
        begin = start + sum(page[at:length])
        end = begin + page[length]
        before = page[begin:end]
        if data and len(data) <= LONGEST:
            mark = bytes((len(data),))
            parts = page[:length], mark, page[length + 1 : begin], data, page[end:]
            self._pages[home] = b"".join(parts)
        else:
            row = self._cells(page, at, start)[1:]
            row[number - 1] = data
            self._pages[home] = self._without(page, at, start)
            self._on_pages -= 1
            self._add(name, home, row)
        return before

    def _put_elsewhere(self, name: str, home: int, number: int, data: bytes) -> bytes:
        """Put what is not on its page: it is too large, or new."""
        row = self._large.pop(name, None) if self._large else None
        if row is None:
            row = [b""] * (self._width - 1)
        before = row[number - 1]
        row[number - 1] = data
        self._add(name, home, row)
        return before

    def _find(self, name: str) -> tuple[int, bytes, int, int]:
        """The number of an account's page, the page, and where on it its lengths and its octets
        begin: 0 for nowhere."""
        if name == self._found_name:  # looked up, and now changed
            return self._found
        hashed, level = hash(name), self._level
        home = hashed & (level - 1)
        if home < self._split:
            home = hashed & (2 * level - 1)
        page = self._pages[home]
        count = page[0]
        lengths = count + 1
        found = page.find(hashed >> _TAG & 255, 1, lengths)
        while found > 0:
            key = name.encode("utf-8", "surrogatepass")
            at = lengths + (found - 1) * self._width
            if page[at] == len(key):
                start = lengths + count * self._width + sum(page[lengths:at])
                if page.startswith(key, start):
                    self._found_name, self._found = name, (home, page, at, start)
                    return self._found
            found = page.find(hashed >> _TAG & 255, found + 1, lengths)
        return home, page, 0, 0

    def _cells(self, page: bytes, at: int, start: int) -> list[bytes]:
        """The name and the columns whose lengths and octets begin there."""
        cells = []
        for length in page[at : at + self._width]:
            cells.append(page[start : start + length])
            start += length
        return cells

    def _add(self, name: str, home: int, row: list[bytes]) -> None:
        """Take an account in, unless nothing is remembered of it."""
        if not any(row):
            if self._on_pages < FEWEST * len(self._pages) and len(self._pages) > 1:
                self._shrink()
            return
        key, page = name.encode("utf-8", "surrogatepass"), self._pages[home]
        lengths = [len(key), *map(len, row)]
        count = page[0] + 1
        if max(lengths) > LONGEST or count > MOST:
            self._large[name] = row
            return
        start = count + (count - 1) * self._width
        parts = page[count:start], bytes(lengths), page[start:], key, *row
        tag = hash(name) >> _TAG & 255
        self._pages[home] = b"".join((bytes((count,)), page[1:count], bytes((tag,)), *parts))
        self._on_pages += 1
        if self._on_pages > USUAL * len(self._pages):
            self._grow()

    # pages

    def _without(self, page: bytes, at: int, start: int) -> bytes:
        lengths = page[0] + 1
        tag = 1 + (at - lengths) // self._width
        rest = at + self._width
        end = start + sum(page[at:rest])
        head = bytes((page[0] - 1,)), page[1:tag], page[tag + 1 : at]
        return b"".join((*head, page[rest:start], page[end:]))

    def _read(self, page: bytes) -> Iterator[list[bytes]]:
        """The names and columns of a page."""
        at = page[0] + 1
        start = at + page[0] * self._width
        for _ in range(page[0]):
            cells = self._cells(page, at, start)
            start += sum(map(len, cells))
            at += self._width
            yield cells

    def _grow(self) -> None:
        """Make two pages of one."""
        page, width, bit = self._pages[self._split], self._width, self._level
        count = page[0]
        at, start = count + 1, count + 1 + count * width
        low: list[list[bytes]] = [[], [], []]
        high: list[list[bytes]] = [[], [], []]
        for tag in range(1, count + 1):
            lengths = page[at : at + width]
            end = start + sum(lengths)
            name = page[start : start + lengths[0]].decode("utf-8", "surrogatepass")
            tags, sizes, octets = high if hash(name) & bit else low
            tags.append(page[tag : tag + 1])
            sizes.append(lengths)
            octets.append(page[start:end])
            at += width
            start = end
        self._pages[self._split] = _made(low)
        self._pages.append(_made(high))
        self._split += 1
        if self._split == bit:
            self._level, self._split = 2 * bit, 0

    def _shrink(self) -> None:
        """Make one page of two: what `_grow` did last is undone."""
        if not self._split:
            self._level = self._split = self._level // 2
        self._split -= 1
        one, two = self._pages[self._split], self._pages.pop()
        if one[0] + two[0] > MOST:
            self._large.update((_text(cells[0]), cells[1:]) for cells in self._read(two))
            self._on_pages -= two[0]
            return
        parts: list[list[bytes]] = [[], [], []]
        for page in (one, two):
            lengths = page[0] + 1
            octets = lengths + page[0] * self._width
            for part, piece in zip(
                parts, (page[1:lengths], page[lengths:octets], page[octets:]), strict=True
            ):
                part.append(piece)
        self._pages[self._split] = b"".join((bytes((one[0] + two[0],)), *chain(*parts)))


class Column:
    """What one user of a table remembers of accounts.

    Args:
        table: with whom it shares the names.
        number: from 1.
    """

    __slots__ = ("_count", "_hand", "_number", "_table")

    def __init__(self, table: AccountTable, number: int) -> None:
        self._table = table
        self._number = number
        self._count = self._hand = 0

    def __len__(self) -> int:
        """Accounts of which something is remembered."""
        return self._count

    def get(self, name: str) -> bytes:
        """What is remembered of an account, b"" for nothing.

        Args:
            name: normalised, or any other text.
        """
        return self._table.get(name, self._number)

    def put(self, name: str, data: bytes) -> None:
        """Remember something else of an account: b"" to forget it.

        Up to `LONGEST` octets cost little more memory than they are long.
        """
        before = self._table.put(name, self._number, data)
        self._count += bool(data) - bool(before)

    def pop(self, name: str) -> bytes:
        """Forget an account; returns what was remembered."""
        before = self._table.put(name, self._number, b"")
        self._count -= bool(before)
        return before

    @property
    def parts(self) -> int:
        """In how many parts all accounts can be looked at; it changes as accounts come and go."""
        return self._table.parts

    def part(self, number: int) -> list[tuple[str, bytes]]:
        """The accounts of one part, some twenty, with what is remembered of them.

        Args:
            number: from 0; there is nothing in parts that are no more.
        """
        mine = self._number - 1
        return [(name, row[mine]) for name, row in self._table.part(number) if row[mine]]

    def make_room(self, worth: Callable[[bytes], float]) -> list[str]:
        """Forget a few accounts, of those that stand together the ones worth least.

        Others stand together the next time. To know who is worth least of all would take more
        memory than what is remembered.

        Args:
            worth: of what is remembered of an account.

        Returns:
            Who was forgotten: one in `SHARE`, none when there are none.
        """
        here: list[tuple[str, bytes]] = []
        for _ in range(self.parts):
            self._hand = (self._hand + 1) % self.parts
            here += self.part(self._hand)
            if len(here) >= SHARE:
                break
        here.sort(key=lambda each: worth(each[1]))
        names = [name for name, _ in here[: -(-len(here) // SHARE)]]
        for name in names:
            self.pop(name)
        return names

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All accounts; they must not come or go meanwhile."""
        for number in range(self.parts):
            yield from self.part(number)


def _made(parts: list[list[bytes]]) -> bytes:
    """A page of the tags, lengths and octets of its accounts."""
    return b"".join((bytes((len(parts[0]),)), *chain(*parts)))


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")
