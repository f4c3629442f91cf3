"""The frame of Spamhaus's lists: lines, and a trailer that counts them."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import DataError
from core.sources.feeds.spamhaus import read_lines

TRAILER = b'{"type":"metadata","timestamp":1795219200,"size":9,"records":2,"copyright":"(c) S"}\n'


def test_entries_and_trailer_are_told_apart() -> None:
    entries, trailer = read_lines(b'{"a":1}\n{"a":2}\n' + TRAILER, dict[str, Any])
    assert entries == [{"a": 1}, {"a": 2}]
    assert trailer.copyright == "(c) S"
    assert trailer.vintage == "2026-11-21"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"a":1}\n' + TRAILER, "counts 2 records, but holds 1"),
        (b'{"a":1}\n{"a":2}\n{"a":3}\n' + TRAILER, "counts 2 records, but holds 3"),
        (b'{"a":1}\n{"a":2}\n', "unexpected content"),
        (b'{"a":1}\n{"a":2}\n' + TRAILER.replace(b"metadata", b"else"), "counts"),
        (TRAILER + b'{"a":1}\n{"a":2}\n', "unexpected content"),
        (b'{"a":1}\n{"a":2\n' + TRAILER, "unexpected content"),
        (b"", "empty"),
    ],
    ids=["one lost", "one too many", "cut off", "other type", "first", "damaged line", "empty"],
)
def test_a_list_that_is_not_whole_is_refused(payload: bytes, reason: str) -> None:
    """Facts 3.4: the trailer's count detects truncation."""
    with pytest.raises(DataError, match=reason):
        read_lines(payload, dict[str, Any])


@pytest.mark.parametrize("timestamp", [-(10**15), 10**15, 2**62])
def test_an_impossible_time_is_no_vintage(timestamp: int) -> None:
    payload = b'{"type":"metadata","records":0,"timestamp":%d}' % timestamp
    assert read_lines(payload, dict[str, Any])[1].vintage == ""
