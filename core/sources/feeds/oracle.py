"""Oracle Cloud's ranges: those tagged ``OCI``. The other tags are Oracle's own services."""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_json, read_prefixes


class _Range(Struct):
    cidr: str
    tags: list[str]


class _Region(Struct):
    cidrs: list[_Range]


class _Document(Struct):
    last_updated_timestamp: str
    regions: list[_Region]


def parse(payload: bytes) -> Feed:
    """Read ``public_ip_ranges.json``.

    Raises:
        DataError: it is something else.
    """
    document = read_json(payload, _Document)
    ranges = (entry for region in document.regions for entry in region.cidrs)
    texts = [entry.cidr for entry in ranges if "OCI" in entry.tags]
    return Feed(read_prefixes(texts), document.last_updated_timestamp)
