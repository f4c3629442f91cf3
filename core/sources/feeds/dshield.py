"""DShield's block list: the twenty networks that attack most, with their first and last address.

Its terms forbid commercial use (CC BY-NC-SA 2.5), so it is fetched only where somebody says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.sources.feeds.address_list import whole_lines
from core.sources.feeds.feed import Feed, read_listed_prefixes

_COLUMNS: Final = 3
"""First address, last address, length; what follows is for people."""


def parse(payload: bytes) -> Feed:
    """Read ``block.txt``.

    Raises:
        DataError: it is something else.
    """
    return Feed(read_listed_prefixes(_entries(payload)))


def _entries(payload: bytes) -> Iterator[str]:
    for line in whole_lines(payload):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#") or cells[0].lower() == "start":
            continue
        # A line of another shape must count as wrong, not as a single address.
        yield f"{cells[0]}/{cells[2]}" if len(cells) >= _COLUMNS else f"{line.strip():.60}/-"
