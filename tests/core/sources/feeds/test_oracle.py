"""Oracle Cloud's ranges."""

from __future__ import annotations

import json

from core.sources.feeds import oracle
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"last_updated_timestamp":"2026-11-18T19:55:47.204985","regions":[
 {"region":"us-phoenix-1","cidrs":[{"cidr":"129.146.0.0/21","tags":["OCI"]},
  {"cidr":"134.70.8.0/21","tags":["OSN","OBJECT_STORAGE"]}]}]}"""


class TestOracle(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["oracle"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """Ranges stand in regions."""
        cidrs = [{"cidr": text, "tags": ["OCI"]} for text in prefixes]
        return json.dumps({"last_updated_timestamp": "", "regions": [{"cidrs": cidrs}]}).encode()


def test_only_rented_servers_are_taken() -> None:
    feed = oracle.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["129.146.0.0/21"]
    assert feed.vintage == "2026-11-18T19:55:47.204985"
