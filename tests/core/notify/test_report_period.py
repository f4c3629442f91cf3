"""Days and weeks as people have them: from midnight to midnight, in their own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notify.report_period import Every, before, day_of, latest

BERLIN = ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")


def _at(text: str, zone: tzinfo = UTC) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("every", "now", "hour", "name"),
    [
        ("daily", "2026-11-17T07:00", 7, "daily 2026-11-16"),
        ("daily", "2026-11-17T06:59", 7, "daily 2026-11-15"),
        ("daily", "2026-11-17T00:00", 0, "daily 2026-11-16"),
        ("weekly", "2026-11-16T06:59", 7, "weekly 2026-11-02"),
        ("weekly", "2026-11-16T07:00", 7, "weekly 2026-11-09"),
        ("weekly", "2026-11-22T23:59", 7, "weekly 2026-11-09"),
        ("weekly", "2027-01-04T23:00", 23, "weekly 2026-12-28"),
    ],
)
@pytest.mark.parametrize("zone", [UTC, BERLIN, KATHMANDU], ids=str)
def test_a_period_is_over_at_its_hour(
    every: Every, now: str, hour: int, name: str, zone: ZoneInfo
) -> None:
    """D10: by the clock on the wall."""
    found = latest(every, _at(now, zone), hour, zone)
    assert found.id == name
    assert found.since == _at(f"{found.first}T00:00", zone)
    assert found.until == _at(f"{found.end}T00:00", zone)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-16", 24)]
)
def test_a_day_has_its_own_length(day: str, hours: int) -> None:
    """Where summer time begins and ends."""
    found = latest("daily", _at(f"{day}T12:00", BERLIN) + 86_400, 0, BERLIN)
    assert str(found.first) == day
    assert found.until - found.since == hours * 3600


@pytest.mark.parametrize("hour", range(24))
def test_an_hour_that_summer_time_skips_comes_all_the_same(hour: int) -> None:
    """No report waits for an hour that there is not."""
    end = latest("daily", _at("2026-03-29T23:59", BERLIN), hour, BERLIN).end
    assert end == date(2026, 3, 29)


@given(
    st.sampled_from(["daily", "weekly"]),
    st.floats(4e7, 4e9),
    st.integers(0, 23),
    st.sampled_from([UTC, BERLIN, KATHMANDU]),
)
def test_periods_follow_each_other_without_a_gap(
    every: Every, now: float, hour: int, zone: ZoneInfo
) -> None:
    """What one report leaves out, the one before or after it has."""
    found = latest(every, now, hour, zone)
    assert found.until <= now
    former = before(found, zone)
    assert (former.end, former.until, former.every) == (found.first, found.since, every)
    assert found.first.weekday() == 0 or every == "daily"
    assert former.last < found.first


def test_without_a_zone_it_is_the_servers_own() -> None:
    """As people there read the clock."""
    found = latest("daily", 1_800_000_000.0)
    assert datetime.fromtimestamp(found.since).astimezone().hour in (0, 1)
    assert day_of(found.since) == found.first


@pytest.mark.parametrize("now", [float("inf"), 1e30, -1e30, -1e9, 0.0, 3e11, float("nan")])
def test_a_clock_beyond_the_calendar_is_an_error(now: float) -> None:
    """And not a period."""
    with pytest.raises(ValueError, match="calendar"):
        latest("daily", now)
