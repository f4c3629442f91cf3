"""The greylist of Turris."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds import turris
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = (
    b"# For the terms of use see https://view.sentinel.turris.cz/\n"
    b"Address,Country,Tags\n"
    b'185.220.101.1,DE,"http,smtp"\n'
    b"2a0b:f4c2::1,US,telnet\n"
)


class TestTurris(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["turris"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """With a country and what was attacked."""
        lines = (f"{text},DE,smtp\n" for text in prefixes)
        return b"Address,Country,Tags\n" + "".join(lines).encode()


def test_quoted_tags_do_not_disturb() -> None:
    prefixes = [str(prefix) for prefix in turris.parse(SOUND).prefixes]
    assert prefixes == ["185.220.101.1/32", "2a0b:f4c2::1/128"]


def test_the_column_is_found_by_its_title() -> None:
    feed = turris.parse(b"Country,Address\nDE,185.220.101.1\n")
    assert [str(prefix) for prefix in feed.prefixes] == ["185.220.101.1/32"]


def test_without_titles_it_is_something_else() -> None:
    with pytest.raises(DataError, match="column of addresses"):
        turris.parse(b"185.220.101.1,DE,smtp\n")
