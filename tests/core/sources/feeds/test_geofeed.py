"""Geofeeds (RFC 8805): DigitalOcean's and Linode's."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds import geofeed
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""# comment
64.225.0.0/20,US,US-NJ,North Bergen,07047

2604:a880::/32,US,US-NY,New York,10011
"""


class _Geofeed(PrefixFeedContract):
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        return "".join(f"{text},US,US-NJ,North Bergen,07047\n" for text in prefixes).encode()


class TestDigitalOcean(_Geofeed):
    """The suite for every feed."""

    description = FEEDS["digitalocean"]


class TestLinode(_Geofeed):
    """The suite for every feed."""

    description = FEEDS["linode"]


@pytest.mark.parametrize(
    "payload",
    [
        SOUND,
        SOUND.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + SOUND,
        b" 64.225.0.0/20 ,US\n2604:a880::/32 # trailing comment\n",
    ],
    ids=["as published", "CRLF", "byte order mark", "blanks and comment"],
)
def test_the_first_column_is_taken(payload: bytes) -> None:
    prefixes = [str(prefix) for prefix in geofeed.parse(payload).prefixes]
    assert prefixes == ["64.225.0.0/20", "2604:a880::/32"]


def test_one_wrong_line_in_ten_is_passed_over() -> None:
    """RFC 8805 2.1: a feed is written by people, and a bad line must not cost the good ones."""
    good = b"64.225.0.0/20,US\n" * 10
    assert len(geofeed.parse(good + b"64.225.0/20,US\n").prefixes) == 10


def test_more_wrong_lines_than_that_are_another_document() -> None:
    with pytest.raises(DataError, match="2 of 12 lines"):
        geofeed.parse(b"64.225.0.0/20,US\n" * 10 + b"sorry\n" * 2)
