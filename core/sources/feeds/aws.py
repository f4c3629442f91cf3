"""Amazon's ranges: those in which customers rent servers.

Only the service ``EC2`` is taken. ``AMAZON`` also holds the content network and Amazon's own
offices (AWS documentation, "AWS IP address ranges").
"""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_json, read_prefixes


class _V4(Struct):
    ip_prefix: str
    service: str


class _V6(Struct):
    ipv6_prefix: str
    service: str


class _Document(Struct):
    createDate: str  # noqa: N815 - the feed's spelling
    prefixes: list[_V4]
    ipv6_prefixes: list[_V6]


def parse(payload: bytes) -> Feed:
    """Read ``ip-ranges.json``.

    Raises:
        DataError: it is something else.
    """
    document = read_json(payload, _Document)
    texts = [entry.ip_prefix for entry in document.prefixes if entry.service == "EC2"]
    texts += [entry.ipv6_prefix for entry in document.ipv6_prefixes if entry.service == "EC2"]
    return Feed(read_prefixes(texts), document.createDate)
