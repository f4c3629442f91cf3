"""Google Cloud's ranges: those in which customers rent servers.

This is ``cloud.json``. Its neighbour ``goog.json`` also holds Gmail and the crawlers.
"""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_json, read_prefixes


class _Entry(Struct):
    ipv4Prefix: str = ""  # noqa: N815 - the feed's spelling
    ipv6Prefix: str = ""  # noqa: N815 - the feed's spelling


class _Document(Struct):
    creationTime: str  # noqa: N815 - the feed's spelling
    prefixes: list[_Entry]


def parse(payload: bytes) -> Feed:
    """Read ``cloud.json``.

    Raises:
        DataError: it is something else.
    """
    document = read_json(payload, _Document)
    texts = [entry.ipv4Prefix or entry.ipv6Prefix for entry in document.prefixes]
    return Feed(read_prefixes(texts), document.creationTime)
