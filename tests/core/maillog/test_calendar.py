"""Times of logs: years are guessed, zones and clocks going back are minded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maillog.calendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str, zone: ZoneInfo | timezone = UTC) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("reference", "stamp", "expected"),
    [
        ("2026-11-22 03:36:20", b"Nov 22 03:36:16", "2026-11-22 03:36:16"),
        ("2027-01-01 00:00:05", b"Dec 31 23:59:58", "2026-12-31 23:59:58"),
        ("2026-12-31 23:59:59", b"Jan  1 00:00:01", "2027-01-01 00:00:01"),
        ("2026-11-22 03:36:20", b"Nov 24 03:36:16", "2025-11-24 03:36:16"),
        ("2026-11-22 03:36:20", b"Jan  5 10:00:00", "2026-01-05 10:00:00"),
        ("2026-03-01 00:00:00", b"Feb 29 12:00:00", "2024-02-29 12:00:00"),
        ("2104-02-27 12:00:00", b"Feb 29 12:00:00", "2096-02-29 12:00:00"),
        ("2024-02-29 13:00:00", b"Feb 29 12:00:00", "2024-02-29 12:00:00"),
    ],
    ids=[
        "now",
        "after New Year",
        "a clock ahead over New Year",
        "last year's rest of the year",
        "this year's beginning",
        "the last leap day",
        "a leap day before 2100",
        "today is a leap day",
    ],
)
def test_the_year_is_the_last_that_is_not_in_the_future(
    reference: str, stamp: bytes, expected: str
) -> None:
    assert Calendar(moment(reference), UTC).traditional(stamp) == moment(expected)


def test_the_reference_moves_with_who_follows_the_log() -> None:
    calendar = Calendar(moment("2026-12-31 23:59:59"), UTC)
    assert calendar.traditional(b"Dec 31 23:59:59") == moment("2026-12-31 23:59:59")
    calendar.reference = moment("2027-12-31 00:00:00")
    assert calendar.traditional(b"Dec 30 01:00:00") == moment("2027-12-30 01:00:00")


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"Nov",
        b"Foo 22 03:36:16",
        b"Nov 32 03:36:16",
        b"Nov xx 03:36:16",
        b"Nov 22 25:36:16",
        b"Nov 22 03:36:xx",
        b"Feb 30 03:36:16",
    ],
)
def test_what_is_no_time_is_none(stamp: bytes) -> None:
    assert Calendar(moment("2026-11-22 03:36:20"), UTC).traditional(stamp) is None


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (b"2026-11-22T03:36:16Z", moment("2026-11-22 03:36:16")),
        (b"2026-11-22T04:36:16+01:00", moment("2026-11-22 03:36:16")),
        (b"2026-11-21T22:06:16.250-0530", moment("2026-11-22 03:36:16") + 0.25),
        (b"2026-11-22T03:36:16.678901+00:00", moment("2026-11-22 03:36:16") + 0.678901),
        (b"2026-11-22 04:36:16", moment("2026-11-22 03:36:16")),
        (b"2026-11-22 04:36:16,500", moment("2026-11-22 03:36:16") + 0.5),
        (b"2026-02-30T03:36:16Z", None),
        (b"2026-11-22T03:36:16+99:00", None),
        (b"0000-11-22T03:36:16Z", None),
        (b"2026-11-22", None),
        (b"Nov 22 03:36:16", None),
    ],
)
def test_iso_times(stamp: bytes, expected: float | None) -> None:
    assert Calendar(0.0, BERLIN).iso(stamp) == expected


def test_local_times_without_a_zone_are_those_of_the_log() -> None:
    calendar = Calendar(moment("2026-11-22 03:36:20"), BERLIN)
    assert calendar.traditional(b"Nov 22 04:36:16") == moment("2026-11-22 03:36:16")
    assert calendar.traditional(b"Jul  1 04:00:00") == moment("2026-07-01 02:00:00")


def test_an_hour_that_comes_twice_is_read_in_the_order_of_the_log() -> None:
    calendar = Calendar(moment("2026-11-22 00:00:00"), BERLIN)
    stamps = [b"Oct 25 01:59:59", b"Oct 25 02:00:00", b"Oct 25 02:59:59"]
    stamps += [b"Oct 25 02:00:00", b"Oct 25 02:59:59", b"Oct 25 03:00:00"]
    times = [calendar.traditional(stamp) for stamp in stamps]
    assert times == [
        moment("2026-10-24 23:59:59"),
        moment("2026-10-25 00:00:00"),
        moment("2026-10-25 00:59:59"),
        moment("2026-10-25 01:00:00"),
        moment("2026-10-25 01:59:59"),
        moment("2026-10-25 02:00:00"),
    ]


@pytest.mark.parametrize("now", ["2026-10-25 00:30:10", "2026-10-25 01:30:10"])
def test_a_follower_that_starts_in_such_an_hour_knows_which_it_is(now: str) -> None:
    calendar = Calendar(moment(now), BERLIN)
    assert calendar.traditional(b"Oct 25 02:30:08") == moment(now) - 2


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001  UTC is added below
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.integers(1, 40),
    st.integers(1, 1_700),
)
def test_a_log_that_is_read_in_order_gives_its_own_times(
    begin: datetime, zone: str, lines: int, step: int
) -> None:
    """A law: writing local times and reading them in order changes nothing, in whatever zone."""
    local = ZoneInfo(zone)
    times = [
        begin.replace(microsecond=0, tzinfo=UTC) + timedelta(seconds=step * line)
        for line in range(lines)
    ]
    # a log that begins in the second of two equal hours tells so to a follower only
    times = [time for time in times if not times[0].astimezone(local).fold]
    calendar = Calendar(begin.replace(tzinfo=UTC).timestamp() + 30 * 86_400, local)
    for time in times:
        stamp = time.astimezone(local).strftime("%b %e %H:%M:%S").encode()
        assert calendar.traditional(stamp) == time.timestamp(), stamp
