"""Addresses from which the Tor network reaches the world: one per line."""

from __future__ import annotations

from core.sources.feeds.feed import Feed, read_listed_prefixes, read_text


def parse(payload: bytes) -> Feed:
    """Read the bulk exit list.

    Raises:
        DataError: it is something else.
    """
    lines = (line.strip() for line in read_text(payload).splitlines())
    return Feed(read_listed_prefixes(line for line in lines if line))
