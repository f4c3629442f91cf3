"""Vultr's ranges."""

from __future__ import annotations

import json

from core.sources.feeds import vultr
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"description":"Vultr","asn":20473,"updated":"2026-11-01T00:00:00Z","subnets":[
 {"ip_prefix":"45.63.0.0/20","alpha2code":"US"},{"ip_prefix":"2002::/16"}]}"""


class TestVultr(PrefixFeedContract):
    """The suite for every feed; special-purpose space as Vultr has listed it is part of it."""

    description = FEEDS["vultr"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """Both families stand in one list."""
        subnets = [{"ip_prefix": text, "alpha2code": "US"} for text in prefixes]
        return json.dumps({"updated": "2026-11-01", "subnets": subnets}).encode()


def test_prefixes_and_date_are_read() -> None:
    feed = vultr.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["45.63.0.0/20", "2002::/16"]
    assert feed.vintage == "2026-11-01T00:00:00Z"
