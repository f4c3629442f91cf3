"""Vultr's ranges, from its geofeed in JSON.

It has been seen to list special-purpose space as its own; that is dropped on acceptance, as it
would be from any feed.
"""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_json, read_prefixes


class _Subnet(Struct):
    ip_prefix: str


class _Document(Struct):
    subnets: list[_Subnet]
    updated: str = ""


def parse(payload: bytes) -> Feed:
    """Read the geofeed.

    Raises:
        DataError: it is something else.
    """
    document = read_json(payload, _Document)
    return Feed(read_prefixes(entry.ip_prefix for entry in document.subnets), document.updated)
