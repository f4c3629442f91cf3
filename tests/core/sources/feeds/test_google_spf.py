"""Google's mail servers, from SPF records."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds import google_spf
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""v=spf1 include:_netblocks.google.com include:_netblocks2.google.com ~all
v=spf1 ip4:74.125.0.0/16 ip4:209.85.128.0/17 ~all
v=spf1 ip6:2607:f8b0:4000::/36 ~all"""


class TestGoogleSpf(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["google_spf"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """One record with all of them."""
        terms = [f"ip{6 if ':' in text else 4}:{text}" for text in prefixes]
        return " ".join(["v=spf1", *terms, "~all"]).encode()


def test_addresses_of_all_records_are_read() -> None:
    prefixes = [str(prefix) for prefix in google_spf.parse(SOUND).prefixes]
    assert prefixes == ["74.125.0.0/16", "209.85.128.0/17", "2607:f8b0:4000::/36"]


def test_spelling_does_not_matter() -> None:
    """RFC 7208 4.6.1: mechanisms are case-insensitive; ``+`` is what no sign means."""
    prefixes = google_spf.parse(b"V=SPF1 IP4:74.125.0.0/16 +ip6:2607:f8b0:4000::/36 -all").prefixes
    assert [str(prefix) for prefix in prefixes] == ["74.125.0.0/16", "2607:f8b0:4000::/36"]


def test_another_record_is_refused() -> None:
    with pytest.raises(DataError, match="no SPF record"):
        google_spf.parse(b"google-site-verification=abc")


@pytest.mark.parametrize(
    ("record", "domains"),
    [
        ("v=spf1 ip4:74.125.0.0/16 ~all", []),
        ("v=spf1 include:a.example include:b.example ~all", ["a.example", "b.example"]),
        ("v=spf1 +INCLUDE:a.example -all", ["a.example"]),
        ("v=spf1 redirect=a.example", ["a.example"]),
        ("v=spf1 -include:evil.example exists:include:x ~all", []),
        ("", []),
    ],
)
def test_included_domains(record: str, domains: list[str]) -> None:
    assert google_spf.included(record) == domains
