"""Spamhaus DROP."""

from __future__ import annotations

import json

import pytest

from core.errors import DataError
from core.sources.feeds import spamhaus_drop
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}
{"cidr":"2a06:e480::/29","sblid":"SBL301771","rir":"ripencc"}
{"type":"metadata","timestamp":1795219200,"size":113,"records":2,"copyright":"(c) Spamhaus",\
"terms":"https://www.spamhaus.org/drop/terms/"}
"""


class TestSpamhausDrop(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["spamhaus_drop"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """A line for each, and the trailer."""
        lines = [json.dumps({"cidr": text, "sblid": "SBL1", "rir": "arin"}) for text in prefixes]
        lines.append(json.dumps({"type": "metadata", "timestamp": 0, "records": len(lines)}))
        return "\n".join(lines).encode()


def test_prefixes_date_and_copyright_are_read() -> None:
    """The copyright line has to stay with the data (Spamhaus DROP terms)."""
    feed = spamhaus_drop.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["1.10.16.0/20", "2a06:e480::/29"]
    assert feed.vintage == "2026-11-21"
    assert feed.note == "(c) Spamhaus"


def test_a_list_cut_between_two_lines_is_refused() -> None:
    lines = SOUND.splitlines(keepends=True)
    with pytest.raises(DataError, match="counts 2 records, but holds 1"):
        spamhaus_drop.parse(lines[0] + lines[2])
