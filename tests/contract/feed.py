"""What every feed must withstand, whatever its format: one suite for all of them.

A feed's own test derives from ``PrefixFeedContract`` (or ``FeedContract`` for a list of autonomous
systems), and says how a sound document looks and how to build one around given prefixes.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.sources.acceptance import accept
from core.sources.feeds.feed import Feed
from core.sources.feeds.registry import FeedDescription

OTHER_DOCUMENTS = {
    "empty": b"",
    "blank": b" \n \n",
    "html": b"<!DOCTYPE html>\n<html><head><title>503</title></head>\n<body>Sorry</body></html>\n",
    "null": b"null",
    "number": b"17",
    "text": b'"prefixes"',
    "empty object": b"{}",
    "empty list": b"[]",
    "binary": bytes(range(256)),
    "utf-16": '{"prefixes":[]}'.encode("utf-16"),
    "deep": b"[" * 100_000,
    "gzip": b"\x1f\x8b\x08\x00" + bytes(40),
}

_inherited = settings(suppress_health_check=[HealthCheck.differing_executors])


def usable(description: FeedDescription, payload: bytes) -> bool:
    """Whether a payload would get as far as being installed."""
    try:
        accept(description.parse(payload))
    except DataError:
        return False
    return True


class FeedContract:
    """The suite. Each subclass sets the two attributes."""

    description: FeedDescription
    sound: bytes

    def test_a_sound_document_is_usable(self) -> None:
        assert usable(self.description, self.sound)

    @pytest.mark.parametrize("document", OTHER_DOCUMENTS.values(), ids=OTHER_DOCUMENTS.keys())
    def test_another_document_never_gets_installed(self, document: bytes) -> None:
        """An error page with status 200 must not empty a list."""
        assert not usable(self.description, document)

    @_inherited
    @given(st.binary(max_size=400))
    def test_whatever_the_bytes_it_returns_or_raises_data_error(self, payload: bytes) -> None:
        self._parse(payload)

    @_inherited
    @given(st.data())
    def test_a_damaged_document_returns_or_raises_data_error(self, data: st.DataObject) -> None:
        payload = bytearray(self.sound)
        for _ in range(data.draw(st.integers(1, 5))):
            position = data.draw(st.integers(0, len(payload) - 1))
            payload[position] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(payload)))
        self._parse(bytes(payload))
        self._parse(bytes(payload[:cut]))

    def _parse(self, payload: bytes) -> Feed | None:
        try:
            return self.description.parse(payload)
        except DataError:
            return None


class PrefixFeedContract(FeedContract):
    """The suite for lists of prefixes."""

    def document(self, *prefixes: str) -> bytes:
        """A sound document with exactly these prefixes."""
        raise NotImplementedError

    def parsed(self, *prefixes: str) -> list[str]:
        """What the parser makes of a document with these prefixes."""
        return [str(prefix) for prefix in self.description.parse(self.document(*prefixes)).prefixes]

    def test_it_finds_both_families(self) -> None:
        """Feature A15."""
        prefixes = ["8.8.0.0/16", "2600:1f00::/24", "9.9.9.9/32"]
        assert sorted(self.parsed(*prefixes)) == sorted(prefixes)

    def test_host_bits_are_cleared(self) -> None:
        assert self.parsed("8.8.8.8/16", "2600:1f00::1/24") == ["8.8.0.0/16", "2600:1f00::/24"]

    def test_duplicates_count_once(self) -> None:
        feed = self.description.parse(self.document("8.8.8.0/24", "8.8.8.0/24", "8.8.8.7/24"))
        assert accept(feed).prefixes == ("8.8.8.0/24",)

    @pytest.mark.parametrize("wide", ["0.0.0.0/0", "::/0", "8.0.0.0/7", "2600::/15"])
    def test_half_the_world_is_refused(self, wide: str) -> None:
        feed = self.description.parse(self.document("8.8.8.0/24", wide))
        with pytest.raises(DataError, match="too wide"):
            accept(feed)

    def test_special_purpose_space_is_left_out(self) -> None:
        special = ("10.0.0.0/8", "192.168.7.0/24", "2002::/16", "2001:db8::/32", "2001:10::/28")
        feed = self.description.parse(self.document("8.8.8.0/24", *special))
        accepted = accept(feed)
        assert accepted.prefixes == ("8.8.8.0/24",)
        assert accepted.note == "5 special-purpose prefixes left out"

    @pytest.mark.parametrize(
        "nonsense", ["", "8.8.8.0/33", "8.8.8.256/24", "example.org", "/", "-"]
    )
    def test_a_document_full_of_nonsense_is_refused(self, nonsense: str) -> None:
        assert not usable(self.description, self.document(*[nonsense] * 20))

    @_inherited
    @given(st.lists(st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str), max_size=20))
    def test_single_addresses_survive(self, addresses: list[str]) -> None:
        assert len(self.parsed(*addresses)) == len(addresses)
