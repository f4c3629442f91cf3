"""Google Cloud's ranges."""

from __future__ import annotations

import json

from core.sources.feeds import google_cloud
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"syncToken":"1","creationTime":"2026-11-01T00:00:00.000001","prefixes":[
 {"ipv4Prefix":"34.80.0.0/15","service":"Google Cloud","scope":"asia-east1"},
 {"ipv6Prefix":"2600:1900:4030::/44","service":"Google Cloud","scope":"asia-east1"}]}"""


class TestGoogleCloud(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["google_cloud"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """Each family has a key of its own."""
        entries = [{f"ipv{6 if ':' in text else 4}Prefix": text} for text in prefixes]
        return json.dumps({"creationTime": "2026-11-01", "prefixes": entries}).encode()


def test_both_keys_are_read() -> None:
    feed = google_cloud.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["34.80.0.0/15", "2600:1900:4030::/44"]
    assert feed.vintage == "2026-11-01T00:00:00.000001"
