"""When an exemption ends: chosen as a number of days or as a day in the visitor's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext

from core.errors import SettingError
from core.web.wording import local, zone

ENDS: Final[dict[str, LazyString]] = {
    "never": lazy_gettext("never"),
    "1": lazy_gettext("in 1 day"),
    "7": lazy_gettext("in 7 days"),
    "30": lazy_gettext("in 30 days"),
    "90": lazy_gettext("in 90 days"),
    "365": lazy_gettext("in a year"),
    "date": lazy_gettext("at the end of a day:"),
}
"""Titles of the ends; a number is days from now."""

DAY: Final = 86_400


def read(ends: str, day: str, now: float, before: float = 0) -> float:
    """The end that somebody chose.

    Args:
        ends: one of `ENDS`.
        day: a date as browsers send it (ISO 8601), for "date"; also where nothing else was chosen.
        now: seconds since 1970.
        before: the end as it was: the same day keeps its hour.

    Returns:
        Seconds since 1970, 0 for never.

    Raises:
        SettingError: it is no end; the text is for beside the field.
    """
    if ends in ENDS and ends.isdigit():
        return now + int(ends) * DAY
    if ends == "never" or (not ends and not day):
        return 0
    try:
        chosen = date.fromisoformat(day.strip())
        if before and chosen == local(before).date():
            return before
        end = datetime.combine(chosen + timedelta(days=1), time(), zone()).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingError(gettext("Choose a day, such as 2027-03-31.")) from error
    if end <= now:
        raise SettingError(gettext("This day is over already."))
    return end


def shown(expires: float) -> tuple[str, str]:
    """What stands in the form for an end: one of `ENDS`, and a day.

    Args:
        expires: seconds since 1970, 0 for never.
    """
    if not expires:
        return "never", ""
    at = local(expires)
    if (at.hour, at.minute, at.second) == (0, 0, 0):  # the end of a day is the begin of the next
        at -= timedelta(days=1)
    return "date", at.date().isoformat()
