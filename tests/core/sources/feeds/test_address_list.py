"""Lists of single addresses, as five keepers of lists write them."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds import address_list
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

PLAIN = b"185.220.101.1\n23.129.64.130\n2a0b:f4c2::1\n"
REMARKED = (
    b"# IP\t\t# Last Reported, Count, ID\n"
    b"185.220.101.1\t\t# 2026-11-21 10:25:36\t\t3\t1270213\n"
    b"23.129.64.130\t\t# 2026-11-20 00:01:02\t\t12\t1270001\n"
)


class _Lines(PrefixFeedContract):
    """One per line."""

    sound = PLAIN

    def document(self, *prefixes: str) -> bytes:
        """One per line."""
        return "".join(f"{text}\n" for text in prefixes).encode()


class TestBlocklistDe(_Lines):
    """The suite for every feed."""

    description = FEEDS["blocklist_de"]


class TestCins(_Lines):
    """The suite for every feed."""

    description = FEEDS["cins"]


class TestGreenSnow(_Lines):
    """The suite for every feed."""

    description = FEEDS["greensnow"]


class TestCompromised(_Lines):
    """The suite for every feed."""

    description = FEEDS["et_compromised"]


class TestBruteForceBlocker(PrefixFeedContract):
    """The suite for every feed, with remarks."""

    description = FEEDS["bruteforceblocker"]
    sound = REMARKED

    def document(self, *prefixes: str) -> bytes:
        """With date, count and number."""
        lines = (f"{text}\t\t# 2026-11-21 10:25:36\t\t3\t1\n" for text in prefixes)
        return b"# IP\t\t# Last Reported, Count, ID\n" + "".join(lines).encode()


@pytest.mark.parametrize(
    ("payload", "entries"),
    [
        (PLAIN, ["185.220.101.1/32", "23.129.64.130/32", "2a0b:f4c2::1/128"]),
        (REMARKED, ["185.220.101.1/32", "23.129.64.130/32"]),
        (b"; made today\r\n185.220.101.1 ; 7\r\n\r\n", ["185.220.101.1/32"]),
    ],
)
def test_remarks_are_left_out(payload: bytes, entries: list[str]) -> None:
    """C1."""
    assert [str(prefix) for prefix in address_list.parse(payload).prefixes] == entries


def test_an_address_that_was_cut_short_accuses_nobody() -> None:
    """23.129.64.1 of 23.129.64.130 is somebody else."""
    cut = PLAIN[: PLAIN.index(b"30\n")]
    assert [str(p) for p in address_list.parse(cut).prefixes] == ["185.220.101.1/32"]


def test_one_wrong_line_in_ten_is_forgiven_and_two_are_not() -> None:
    sound = b"".join(b"8.8.8.%d\n" % number for number in range(10))
    assert len(address_list.parse(sound + b"oops\n").prefixes) == 10
    with pytest.raises(DataError, match="2 of 12 lines"):
        address_list.parse(sound + b"oops\noops\n")
