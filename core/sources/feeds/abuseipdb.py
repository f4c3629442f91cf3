"""AbuseIPDB's blacklist: the addresses that were reported most, for whoever has a key."""

from __future__ import annotations

from msgspec import Struct

from core.sources.feeds.feed import Feed, read_json, read_listed_prefixes


class _Meta(Struct, rename="camel", frozen=True):
    generated_at: str = ""


class _Entry(Struct, rename={"address": "ipAddress"}):
    address: str


class _Document(Struct):
    data: list[_Entry]
    meta: _Meta = _Meta()


def parse(payload: bytes) -> Feed:
    """Read the answer of ``/api/v2/blacklist``.

    Raises:
        DataError: it is something else.
    """
    document = read_json(payload, _Document)
    vintage = document.meta.generated_at.partition("T")[0][:10]
    return Feed(read_listed_prefixes(entry.address for entry in document.data), vintage)
