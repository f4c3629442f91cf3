"""The days and weeks that reports are about, on the calendar of the server's own zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from msgspec import Struct

Every = Literal["daily", "weekly"]

DAYS: Final[dict[Every, int]] = {"daily": 1, "weekly": 7}

EARLIEST: Final = 1971
LATEST: Final = 9000
"""Years between which all of this can be calculated with."""


class Period(Struct, frozen=True):
    """One day, or one week from Monday on.

    Attributes:
        every: which of both.
        first: its first day.
        end: the day after its last.
        since, until: the same as seconds since 1970.
    """

    every: Every
    first: date
    end: date
    since: float
    until: float

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def id(self) -> str:
        """Its name, the same for ever: ``weekly 2026-11-16``."""
        return f"{self.every} {self.first.isoformat()}"


def latest(every: Every, now: float, hour: int = 0, zone: tzinfo | None = None) -> Period:
    """The last period that is over.

    Args:
        every: days or weeks.
        now: seconds since 1970.
        hour: it counts as over from this hour of the next day on.
        zone: whose calendar; None for the server's own.

    Raises:
        ValueError: the clock is beyond the calendar.
    """
    today = day_of(now, zone)
    end = today - timedelta(days=today.weekday() if every == "weekly" else 0)
    if now < _moment(end, zone, hour):
        end -= timedelta(days=DAYS[every])
    return _ending(every, end, zone)


def before(period: Period, zone: tzinfo | None = None) -> Period:
    """The period before."""
    return _ending(period.every, period.first, zone)


def day_of(at: float, zone: tzinfo | None = None) -> date:
    """The day that a moment lies in.

    Args:
        at: seconds since 1970.
        zone: whose calendar; None for the server's own.

    Raises:
        ValueError: it is beyond the calendar.
    """
    try:
        found = datetime.fromtimestamp(at, zone).date()
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{at} is beyond the calendar") from error
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(f"{at} is beyond the calendar")
    return found


def _ending(every: Every, end: date, zone: tzinfo | None) -> Period:
    first = end - timedelta(days=DAYS[every])
    return Period(every, first, end, _moment(first, zone), _moment(end, zone))


def _moment(day: date, zone: tzinfo | None, hour: int = 0) -> float:
    """The begin of an hour; where summer time skips it, of the next one that there is."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp()
