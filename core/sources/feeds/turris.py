"""The greylist of CZ.NIC's Turris routers: address, country and what it attacked, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from core.errors import DataError
from core.sources.feeds.address_list import whole_lines
from core.sources.feeds.feed import Feed, read_listed_prefixes


def parse(payload: bytes) -> Feed:
    """Read ``greylist-latest.csv``. Its columns are found by their titles.

    Raises:
        DataError: it is something else.
    """
    rows = _rows(payload)
    try:
        titles = [title.strip().lower() for title in next(rows, [])]
        if "address" not in titles:
            raise DataError("the column of addresses is missing")
        column = titles.index("address")
        return Feed(read_listed_prefixes(_cell(row, column) for row in rows if any(row)))
    except csv.Error as error:
        raise DataError(f"unexpected content: {error}") from error


def _rows(payload: bytes) -> Iterator[list[str]]:
    return csv.reader(line for line in whole_lines(payload) if not line.startswith("#"))


def _cell(row: list[str], column: int) -> str:
    return row[column] if column < len(row) else ""
