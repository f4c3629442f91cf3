"""Turns the times that logs write into seconds since 1970: the year guessed, the zone added.

Traditional syslog leaves out year and zone (RFC 3164 4.1.2). It is a clock for reading only: what
time it is now, somebody else must say.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

AHEAD = 86_400.0
"""Seconds that a time may lie after the reference: clocks of several hosts, wrong zones."""

OLDEST = 8
"""Years back that are tried: 29 February can be that far away (1896 to 1904, 2096 to 2104)."""

BACK = 300.0
"""Seconds by which lines of one log come out of order, at most, as far as clocks going back count.
"""

_MONTHS = {
    name: number
    for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}

_ISO = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?"
)


class Calendar:
    """Reads times; one for each log, because it remembers where in the log it is.

    Local times that occur twice, when clocks go back, are taken in the order of the log.

    Attributes:
        reference: seconds since 1970; no line was written later. A follower sets it to the time at
            which it reads, a replay to the file's time of last change. A log without years may
            reach back one year from it.
    """

    def __init__(self, reference: float, zone: tzinfo | None = None) -> None:
        """A calendar for one log.

        Args:
            reference: see above.
            zone: in which the log tells local times; None for this system's own.
        """
        self.reference = reference
        self._zone = zone
        self._latest: float | None = None
        self._turned = False  # the last time that occurred twice was read as the second one
        self._stamp: bytes | None = None
        self._at = 0.0
        self._minute = b""
        self._minute_at = 0.0

    def traditional(self, stamp: bytes) -> float | None:
        """The time of ``Nov 22 03:04:05`` (15 bytes); None where it is none."""
        if stamp == self._stamp:
            return self._at
        if stamp[:12] != self._minute:
            try:
                month = _MONTHS[stamp[:3]]
                numbers = int(stamp[4:6]), int(stamp[7:9]), int(stamp[10:12])
            except (KeyError, ValueError):
                return None
            start = self._guessed(month, *numbers)
            if start is None:
                return None
            self._minute, self._minute_at = stamp[:12], start
        try:
            self._at = self._minute_at + int(stamp[13:15])
        except ValueError:
            return None
        self._stamp = stamp
        return self._at

    def iso(self, stamp: bytes) -> float | None:
        """The time of ``2026-11-22T03:04:05.678901+01:00``; None where it is none.

        A space for the T, a comma for the dot, and no zone are understood, too.
        """
        if stamp == self._stamp:
            return self._at
        match = _ISO.fullmatch(stamp)
        if match is None:
            return None
        *numbers, second, fraction, zone = match.groups()
        minute = stamp[:16] + (zone or b"")
        if minute != self._minute:
            year, month, day, hour, of_hour = map(int, numbers)
            start = (
                _zoned(year, month, day, hour, of_hour, zone)
                if zone
                else self.local(year, month, day, hour, of_hour)
            )
            if start is None:
                return None
            self._minute, self._minute_at = minute, start
        self._at = self._minute_at + int(second)
        if fraction:
            self._at += int(fraction) / 10 ** len(fraction)
        self._stamp = stamp
        return self._at

    def local(
        self, year: int, month: int, day: int, hour: int, minute: int, second: int = 0
    ) -> float | None:
        """Seconds since 1970 of a local time; None for one that no calendar has."""
        at = self._local(year, month, day, hour, minute, second)
        if at is not None:
            self._latest = at
        return at

    def _guessed(self, month: int, day: int, hour: int, minute: int) -> float | None:
        """The last such moment that is not after the reference."""
        newest = datetime.fromtimestamp(self.reference, self._zone).year + 1
        for year in range(newest, newest - OLDEST - 2, -1):
            at = self._local(year, month, day, hour, minute, 0)
            if at is not None and at <= self.reference + AHEAD:
                self._latest = at
                return at
        return None

    def _local(
        self, year: int, month: int, day: int, hour: int, minute: int, second: int
    ) -> float | None:
        try:
            # a time without a zone is this system's own
            moment = datetime(year, month, day, hour, minute, second, tzinfo=self._zone)
            first = moment.timestamp()
            again = moment.replace(fold=1).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
        return again if again > first and self._is_second(first, again) else first

    def _is_second(self, first: float, again: float) -> bool:
        """Whether a time that occurred twice means the second time."""
        if self._latest is None:
            second = abs(self.reference - again) <= BACK
        elif self._turned and abs(again - self._latest) <= 2 * (again - first):
            second = True
        else:
            second = self._latest > first + BACK
        self._turned = second
        return second


def _zoned(year: int, month: int, day: int, hour: int, minute: int, zone: bytes) -> float | None:
    text = b"%04d-%02d-%02dT%02d:%02d:00%s" % (year, month, day, hour, minute, zone)
    try:
        return datetime.fromisoformat(text.decode("ascii")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
