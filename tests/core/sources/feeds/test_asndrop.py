"""Spamhaus ASN-DROP."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds import asndrop
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import FeedContract

TRAILER = b'{"type":"metadata","timestamp":1795219200,"records":%d,"copyright":"(c) Spamhaus"}\n'
SOUND = (
    b'{"asn":64500,"rir":"arin","domain":"example.net","cc":"US","asname":"EXAMPLE"}\n'
    b'{"asn":"AS64501","rir":"ripencc","domain":"example.org","cc":"RU","asname":null}\n'
    + TRAILER
    % 2
)


class TestAsndrop(FeedContract):
    """The suite for every feed."""

    description = FEEDS["asndrop"]
    sound = SOUND


def test_numbers_are_read_with_and_without_the_letters() -> None:
    feed = asndrop.parse(SOUND)
    assert feed.asns == {64500: "EXAMPLE", 64501: "example.org"}
    assert feed.vintage == "2026-11-21"
    assert feed.prefixes == ()


@pytest.mark.parametrize("number", [b"0", b"-1", b'"AS"', b'"ASX"', b'"64500 "', b"4294967296"])
def test_what_is_no_as_number_is_refused(number: bytes) -> None:
    with pytest.raises(DataError, match="is no AS number"):
        asndrop.parse(b'{"asn":%s}\n' % number + TRAILER % 1)
