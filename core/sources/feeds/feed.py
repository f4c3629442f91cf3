"""What a parser returns, and the few steps that all parsers share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.net.prefixes import Prefix

T = TypeVar("T")


class Feed(Struct, frozen=True):
    """What one download says.

    Attributes:
        prefixes: its prefixes as they stand there, host bits cleared, in its order.
        vintage: its own version or date, as text; "" when it has none.
        asns: autonomous systems that it lists, and what it calls them.
        note: a copyright line or terms that must stay with the data.
    """

    prefixes: tuple[Prefix, ...] = ()
    vintage: str = ""
    asns: dict[int, str] = {}
    note: str = ""


def read_json(payload: bytes, shape: type[T]) -> T:
    """Decode a JSON document of a known shape.

    Raises:
        DataError: it is no JSON, or of another shape; the text says where.
    """
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"unexpected content: {error}") from error


def read_text(payload: bytes) -> str:
    """Decode a text document.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"unexpected content: {error}") from error


def read_prefixes(texts: Iterable[str]) -> tuple[Prefix, ...]:
    """Read prefixes of a document in which each one has to be right.

    Raises:
        DataError: one is no prefix.
    """
    try:
        return tuple(Prefix.parse(text) for text in texts)
    except ValueError as error:
        raise DataError(str(error)) from error


def read_listed_prefixes(entries: Iterable[str]) -> tuple[Prefix, ...]:
    """Read prefixes of a list written by people, in which a line in ten may be wrong.

    Raises:
        DataError: more are wrong than that, so it is not the list that was expected.
    """
    prefixes: list[Prefix] = []
    wrong: list[str] = []
    for entry in entries:
        try:
            prefixes.append(Prefix.parse(entry))
        except ValueError as error:
            wrong.append(str(error))
    if len(wrong) * 10 > len(prefixes):
        raise DataError(f"{len(wrong)} of {len(wrong) + len(prefixes)} lines: {wrong[0]:.100}")
    return tuple(prefixes)


def day_of(timestamp: int) -> str:
    """Return the UTC day of a time in seconds since 1970, as a vintage; "" when it is no time."""
    try:
        return datetime.fromtimestamp(timestamp, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
