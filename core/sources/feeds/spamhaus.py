"""The shape that Spamhaus's DROP lists share: JSON lines, and a last line that counts them.

The count tells a whole list from one that was cut short on its way.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from core.errors import DataError
from core.sources.feeds.feed import day_of, read_json, read_text

T = TypeVar("T")


class Trailer(Struct):
    """The last line.

    Attributes:
        type: always ``metadata``.
        records: number of lines before it.
        timestamp: when the list was made, in seconds since 1970.
        copyright: the line that has to stay with the data.
    """

    type: str
    records: int
    timestamp: int = 0
    copyright: str = ""

    @property
    def vintage(self) -> str:
        """The day of the list."""
        return day_of(self.timestamp)


def read_lines(payload: bytes, shape: type[T]) -> tuple[list[T], Trailer]:
    """Decode the entries and the trailer.

    Raises:
        DataError: a line has another shape, the trailer is missing, or the count is not right.
    """
    lines = [line for line in read_text(payload).splitlines() if line.strip()]
    if not lines:
        raise DataError("the list is empty")
    trailer = read_json(lines.pop().encode(), Trailer)
    if trailer.type != "metadata" or trailer.records != len(lines):
        raise DataError(f"the list counts {trailer.records} records, but holds {len(lines)}")
    return [read_json(line.encode(), shape) for line in lines], trailer
