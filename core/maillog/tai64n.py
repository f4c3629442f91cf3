"""Time stamps of multilog: `@` and 24 hexadecimal digits (TAI64N).

The label counts from 2^62 in International Atomic Time. Whoever writes it knows no leap seconds:
daemontools adds the ten seconds of 1970 to the system's time, whatever the year, so ten is taken
off again (facts/interworx.md 9).
"""

from __future__ import annotations

import re

STAMP = re.compile(rb"@([0-9a-f]{16})([0-9a-f]{8}) ")

_EPOCH = 2**62 + 10
_LATEST = 253_402_300_800
"""The year 10000: a stamp beyond is none."""


def seconds(label: bytes, nanoseconds: bytes) -> float | None:
    """Seconds since 1970 of the two groups of `STAMP`; None where they are no time of a log."""
    whole = int(label, 16) - _EPOCH
    fraction = int(nanoseconds, 16)
    if not 0 <= whole < _LATEST or fraction >= 10**9:
        return None
    return whole + fraction / 1e9
