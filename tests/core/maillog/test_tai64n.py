"""Stamps of multilog."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maillog.tai64n import STAMP, seconds


def read(stamp: bytes) -> float | None:
    """The time of a line that begins with a stamp."""
    match = STAMP.match(stamp + b" x")
    return seconds(match[1], match[2]) if match else None


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        # atomic time was 10 s ahead when 1970 began
        (b"@400000000000000a00000000", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"@4000000037c219bf2ef02e94", datetime(1999, 8, 24, 4, 4, 5, 787492, tzinfo=UTC)),
        # 22 leap seconds had been by then: they do not count
        (b"@4000000037c219c02ef02e94", datetime(1999, 8, 24, 4, 4, 6, 787492, tzinfo=UTC)),
    ],
)
def test_known_stamps(stamp: bytes, moment: datetime) -> None:
    assert read(stamp) == pytest.approx(moment.timestamp(), abs=1e-5)


@pytest.mark.parametrize(
    "stamp",
    [
        b"@4000000000000009ffffffff",
        b"@ffffffffffffffff00000000",
        b"@000000000000000000000000",
        b"@400000006a1b2c3dffffffff",
        b"@400000006a1b2c3d",
        b"400000006a1b2c3d00000000",
        b"@400000006A1B2C3D00000000",
    ],
)
def test_what_is_no_stamp(stamp: bytes) -> None:
    assert read(stamp) is None


@given(st.integers(0, 253_402_300_799), st.integers(0, 10**9 - 1))
def test_what_multilog_writes_is_read_back(whole: int, nanoseconds: int) -> None:
    stamp = b"@%016x%08x" % (2**62 + 10 + whole, nanoseconds)
    assert read(stamp) == pytest.approx(whole + nanoseconds / 1e9, abs=1e-4)
