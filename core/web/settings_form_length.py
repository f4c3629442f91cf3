"""Lengths of time as people give them: 5 minutes, 6 hours, 1.5 days. Stored are seconds."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from flask_babel import gettext, lazy_gettext

from core.errors import SettingError

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Seconds of each unit, by the value that forms send."""

TITLES: Final = {
    "s": lazy_gettext("seconds"),
    "m": lazy_gettext("minutes"),
    "h": lazy_gettext("hours"),
    "d": lazy_gettext("days"),
}
"""What people call the units."""

_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")


class Length(NamedTuple):
    """A length as a form shows it: an amount, and one of `UNITS`."""

    amount: str
    unit: str


def split(seconds: int) -> Length:
    """A length in the largest unit of which it is a whole number."""
    unit = next(u for u in ("d", "h", "m", "s") if seconds % UNITS[u] == 0)
    return Length(str(seconds // UNITS[unit]), unit)


def joined(amount: str, unit: str) -> int:
    """The seconds of what somebody typed; fractions may have a point or a comma.

    Raises:
        SettingError: it is no number, or not a whole number of seconds.
    """
    if not _AMOUNT.fullmatch(amount.strip()) or unit not in UNITS:
        raise SettingError(gettext("must be a number, such as 5 or 1.5"))
    seconds = Decimal(amount.strip().replace(",", ".")) * UNITS[unit]
    if seconds != int(seconds):
        raise SettingError(gettext("must come to whole seconds"))
    return int(seconds)
