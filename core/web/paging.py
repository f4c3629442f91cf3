"""Long lists, a page at a time: which part of a list an address asks for.

A list in memory, such as domains, has pages with numbers. What the store reads page by page, such
as blocks and signals, goes back from the number of the last line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")

SIZE: Final = 50
"""Lines on a page."""


class Sheet(Struct, Generic[Item], frozen=True):
    """One page of a list.

    Attributes:
        items: what stands on it.
        number: which page, from 1.
        last: the number of the last page.
        first: place of its first item in the whole list, from 1; 0 when there is none.
        total: length of the whole list.
    """

    items: tuple[Item, ...]
    number: int
    last: int
    first: int
    total: int


def sheet(items: Sequence[Item], wanted: str, size: int = SIZE) -> Sheet[Item]:
    """The page that an address asks for; the nearest one when there is no such page.

    Args:
        items: the whole list.
        wanted: the number in the address; what is none means the first page.
        size: items on a page.
    """
    last = max(1, -(-len(items) // size))
    asked = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    number = min(max(asked, 1), last)
    start = (number - 1) * size
    part = tuple(items[start : start + size])
    return Sheet(part, number, last, start + 1 if part else 0, len(items))


def before(asked: str) -> int | None:
    """The number that the events, blocks or signals of an older page lie before.

    Args:
        asked: what the address says; what is no number means the first page, None.
    """
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
