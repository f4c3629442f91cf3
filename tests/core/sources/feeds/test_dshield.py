"""DShield's block list."""

from __future__ import annotations

from core.sources.feeds import dshield
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

HEADER = b"# DShield.org Recommended Block List\n#\nStart\tEnd\tNetmask\tAttacks\tName\n"
SOUND = HEADER + (
    b"185.220.101.0\t185.220.101.255\t24\t3581\tNAME\tDE\tabuse@example.net\n"
    b"23.129.64.0\t23.129.64.255\t24\t3120\n"
)


class TestDShield(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["dshield"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """First address, last address (which is not read), length."""
        rows = (prefix.partition("/") for prefix in prefixes)
        lines = (f"{start}\t{start}\t{length or _whole(start)}\t9\n" for start, _, length in rows)
        return HEADER + "".join(lines).encode()


def _whole(address: str) -> int:
    return 128 if ":" in address else 32


def test_the_length_makes_the_network() -> None:
    prefixes = [str(prefix) for prefix in dshield.parse(SOUND).prefixes]
    assert prefixes == ["185.220.101.0/24", "23.129.64.0/24"]


def test_it_is_not_for_businesses_and_says_so() -> None:
    """Facts 3.2."""
    assert "not for commercial use" in FEEDS["dshield"].terms
