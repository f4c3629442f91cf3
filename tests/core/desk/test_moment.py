"""Times are taken as people type them, and shown as they read them."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.moment import iso, length, local, read
from core.errors import SettingError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800), ("1w", 604_800), (" 2 H ", 7200)],
)
def test_lengths_lie_before_or_after_now(text: str, seconds: int) -> None:
    """--since looks back, --expires ahead."""
    now = time.time()
    assert read(text) == pytest.approx(now - seconds, abs=5)
    assert read(text, ahead=True) == pytest.approx(now + seconds, abs=5)


def test_dates_are_local_unless_they_say_otherwise() -> None:
    """A date is midnight where the server is."""
    midnight = time.mktime((2026, 3, 1, 0, 0, 0, 0, 0, -1))
    assert read("2026-03-01") == midnight
    assert read("2026-03-01T18:00:00Z") == 1_772_388_000


@pytest.mark.parametrize("text", ["", "soon", "2x", "-2h", "2026-13-01", "99999999999d", "1e3"])
def test_says_what_it_would_take(text: str) -> None:
    """What is neither gets an example."""
    with pytest.raises(SettingError, match="like 30m, 2h or 7d"):
        read(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.6, "1 min"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (86_400, "1 d"),
        (90_061, "1 d 1 h"),
        (86_460, "1 d"),
    ],
)
def test_lengths_are_told_in_two_units(seconds: float, text: str) -> None:
    """B6: the time that is left."""
    assert length(seconds) == text


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_breaks_a_table(at: float) -> None:
    """Events may carry whatever another version wrote."""
    assert local(at)


def test_iso_is_utc() -> None:
    """What `exempt list --csv` writes can be read anywhere."""
    assert iso(1_772_388_000) == "2026-03-01T18:00:00Z"


@pytest.mark.parametrize(
    ("text", "ahead", "expected"),
    [
        ("2026-12-31", False, "2026-12-31T00:00"),
        ("2026-12-31", True, "2027-01-01T00:00"),
        ("20261231", True, "2027-01-01T00:00"),
        ("2026-12-31T18:00", True, "2026-12-31T18:00"),
    ],
)
def test_a_bare_date_is_a_whole_day(text: str, ahead: bool, expected: str) -> None:
    """As an end it lasts until the day is over, as a traveller pass does."""
    assert read(text, ahead=ahead) == datetime.fromisoformat(expected).timestamp()
