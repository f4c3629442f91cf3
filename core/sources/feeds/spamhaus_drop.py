"""Spamhaus DROP: networks that were hijacked or are run by criminals, IPv4 and IPv6."""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_prefixes
from core.sources.feeds.spamhaus import read_lines


class _Entry(Struct):
    cidr: str


def parse(payload: bytes) -> Feed:
    """Read ``drop_v4.json`` or ``drop_v6.json``.

    Raises:
        DataError: it is something else, or not whole.
    """
    entries, trailer = read_lines(payload, _Entry)
    prefixes = read_prefixes(entry.cidr for entry in entries)
    return Feed(prefixes, trailer.vintage, note=trailer.copyright)
