"""AbuseIPDB's blacklist."""

from __future__ import annotations

import json

from core.sources.feeds import abuseipdb
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract


def _document(*addresses: str) -> bytes:
    entries = [
        {
            "ipAddress": address,
            "countryCode": "DE",
            "abuseConfidenceScore": 100,
            "lastReportedAt": "2026-11-21T09:17:01+00:00",
        }
        for address in addresses
    ]
    meta = {"generatedAt": "2026-11-21T10:00:02+00:00"}
    return json.dumps({"meta": meta, "data": entries}).encode()


class TestAbuseIpDb(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["abuseipdb"]
    sound = _document("185.220.101.1", "2a0b:f4c2::1")

    def document(self, *prefixes: str) -> bytes:
        """With what else is said of an address."""
        return _document(*prefixes)


def test_it_knows_its_day() -> None:
    feed = abuseipdb.parse(_document("185.220.101.1"))
    assert feed.vintage == "2026-11-21"
    assert [str(prefix) for prefix in feed.prefixes] == ["185.220.101.1/32"]


def test_a_free_account_is_not_overdrawn() -> None:
    """Facts 3.2: five downloads a day."""
    assert 24 / FEEDS["abuseipdb"].refresh_hours < 5
