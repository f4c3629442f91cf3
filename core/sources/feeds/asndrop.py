"""Spamhaus ASN-DROP: autonomous systems that are hijacked or run by criminals."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.errors import DataError
from core.sources.feeds.feed import Feed
from core.sources.feeds.spamhaus import read_lines

_NUMBERS: Final = range(1, 1 << 32)


class _Entry(Struct):
    asn: int | str
    asname: str | None = None
    domain: str | None = None

    @property
    def number(self) -> int:
        digits = str(self.asn).removeprefix("AS")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 10:
            raise DataError(f"{self.asn!r:.40} is no AS number")
        if int(digits) not in _NUMBERS:
            raise DataError(f"{self.asn} is no AS number")
        return int(digits)


def parse(payload: bytes) -> Feed:
    """Read ``asndrop.json``.

    Raises:
        DataError: it is something else, or not whole.
    """
    entries, trailer = read_lines(payload, _Entry)
    asns = {entry.number: entry.asname or entry.domain or "" for entry in entries}
    return Feed(vintage=trailer.vintage, asns=asns, note=trailer.copyright)
