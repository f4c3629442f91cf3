"""Geofeeds in CSV (RFC 8805), as DigitalOcean and Linode publish them.

Only the first column, the prefix, is taken: where a rented server stands says nothing about the
person at its other end.
"""

from __future__ import annotations

from core.sources.feeds.feed import Feed, read_listed_prefixes, read_text


def parse(payload: bytes) -> Feed:
    """Read lines ``prefix,country,region,city,postal``; ``#`` begins a comment.

    Raises:
        DataError: it is something else.
    """
    lines = (line.partition("#")[0].strip() for line in read_text(payload).splitlines())
    return Feed(read_listed_prefixes(line.partition(",")[0] for line in lines if line))
