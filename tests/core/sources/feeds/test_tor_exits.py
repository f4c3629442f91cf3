"""Tor's exits."""

from __future__ import annotations

from core.sources.feeds import tor_exits
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"185.220.101.1\n23.129.64.130\n2a0b:f4c2::1\n"


class TestTorExits(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["tor_exits"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """One per line."""
        return "".join(f"{text}\n" for text in prefixes).encode()


def test_an_address_is_a_prefix_of_one() -> None:
    prefixes = [str(prefix) for prefix in tor_exits.parse(SOUND).prefixes]
    assert prefixes == ["185.220.101.1/32", "23.129.64.130/32", "2a0b:f4c2::1/128"]
