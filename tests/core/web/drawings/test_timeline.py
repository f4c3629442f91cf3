"""Time has no holes, and its axis names moments that people know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.drawings.timeline import MOST, filled, marks

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def run(start: datetime, step: timedelta, count: int) -> list[datetime]:
    return [start + step * number for number in range(count)]


def test_missing_moments_are_noughts_and_unknown_ones_stay_unknown() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    counted = {start: (1, 2), start + 2 * DAY: None, start + 9 * DAY: (5, 5)}
    columns = filled(counted, start, start + 3 * DAY, DAY)
    assert [column.values for column in columns] == [(1, 2), (0, 0), None, (0, 0)]


def test_nothing_counted_is_one_layer_of_noughts() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    assert [column.values for column in filled({}, start, start, DAY)] == [(0,)]


@pytest.mark.parametrize(("day", "hours"), [(28, 24), (29, 23), (30, 24)])
def test_hours_follow_the_clock_that_never_changes(day: int, hours: int) -> None:
    """On 29 March 2026 Berlin has no hour from 2 to 3."""
    first = datetime(2026, 3, day, tzinfo=BERLIN)
    last = datetime(2026, 3, day, 23, tzinfo=BERLIN)
    moments = [column.when for column in filled({}, first, last, HOUR)]
    assert len(moments) == len({moment.astimezone(UTC) for moment in moments}) == hours


def test_days_begin_at_midnight_also_when_clocks_change() -> None:
    first = datetime(2026, 3, 27, tzinfo=BERLIN)
    columns = filled({}, first, datetime(2026, 3, 31, tzinfo=BERLIN), DAY)
    assert [(column.when.day, column.when.hour) for column in columns] == [
        (day, 0) for day in range(27, 32)
    ]


@pytest.mark.parametrize("step", [timedelta(0), -HOUR])
def test_a_step_goes_forward(step: timedelta) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="is no step"):
        filled({}, start, start, step)


def test_columns_have_equally_many_values() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="different numbers"):
        filled({start: (1,), start + DAY: (1, 2)}, start, start + DAY, DAY)


@pytest.mark.parametrize(
    ("moments", "named"),
    [
        ([], []),
        (run(datetime(2026, 3, 1, tzinfo=UTC), HOUR, 1), ["01 00:00"]),
        (run(datetime(2026, 3, 1, tzinfo=UTC), DAY, 7), [f"0{day} 00:00" for day in range(1, 8)]),
        (
            run(datetime(2026, 3, 1, 0, 0, tzinfo=UTC), HOUR, 24),
            [f"01 {hour:02}:00" for hour in range(0, 24, 3)],
        ),
        (
            run(datetime(2026, 3, 1, 13, 20, tzinfo=UTC), timedelta(minutes=5), 12),
            ["01 13:30", "01 13:45", "01 14:00", "01 14:15"],
        ),
        (
            run(datetime(2026, 3, 1, tzinfo=UTC), DAY, 30),
            ["02 00:00", "09 00:00", "16 00:00", "23 00:00", "30 00:00"],
        ),
        (run(datetime(2026, 3, 1, tzinfo=UTC), DAY, 200), ["01 00:00"] * 7),
        (run(datetime(2026, 3, 1, tzinfo=UTC), DAY, 400), ["01 00:00"] * 5),
    ],
)
def test_the_axis_names_known_moments(moments: list[datetime], named: list[str]) -> None:
    assert [f"{moments[place]:%d %H:%M}" for place in marks(moments)] == named


@given(st.integers(1, 3000), st.integers(1, 10_000))
def test_the_axis_is_never_crowded_or_bare(count: int, seconds: int) -> None:
    moments = run(datetime(2026, 3, 1, 0, 0, 7, tzinfo=UTC), timedelta(seconds=seconds), count)
    places = marks(moments)
    assert min(2, count) <= len(places) <= MOST
    assert places == sorted(set(places))
