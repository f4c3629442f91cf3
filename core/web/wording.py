"""Numbers, dates, lengths of time and names, as the visitor reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from babel.units import format_unit
from flask_babel import get_locale, gettext
from markupsafe import Markup

from core.licence.sentence import Sentence
from core.net import countries
from core.web.complaints import said
from core.web.visitor import visitor_or_none, zone_of

DAY: Final = 86_400.0
WEEK: Final = 7
LONG: Final = 60
"""Days from and up to which a length of time is said in days."""


def zone() -> tzinfo:
    """The visitor's time zone; the server's own where they have none."""
    found = visitor_or_none()
    chosen = zone_of(found.taste.zone) if found is not None else None
    return chosen or datetime.now(UTC).astimezone().tzinfo or UTC


def language() -> str:
    """The visitor's language, ISO 639-1."""
    return str(get_locale() or "en")[:2]


def local(at: float) -> datetime:
    """A moment in the visitor's time zone; the edge of the calendar for what lies beyond it.

    Args:
        at: seconds since 1970.
    """
    try:
        return datetime.fromtimestamp(at, UTC).astimezone(zone())
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC) if at > 0 else datetime.min.replace(tzinfo=UTC)


def number(value: float) -> str:
    """``1,234,567``."""
    return str(format_decimal(value, locale=language()))


EXACT_BELOW = 10_000


def short_number(value: float) -> str:
    """``1.2M``, for axes and small places; below ten thousand it is exact, so that sums add up.

    German shortens from a million only: ``13.676``.
    """
    if abs(value) < EXACT_BELOW:
        return number(round(value))
    short = str(format_compact_decimal(value, locale=language(), fraction_digits=1))
    return number(round(value)) if short.isdigit() else short


def percent(share: float) -> str:
    """``12%``; ``0.4%`` below one."""
    digits = "0.0" if 0 < share < 0.01 else "0"
    pattern = f"#,##{digits} %" if language() == "de" else f"#,##{digits}%"
    return str(format_percent(share, format=pattern, locale=language()))


def date(at: float) -> str:
    """``21 Nov 2026``."""
    return _date(local(at))


def edition(text: str) -> str:
    """A date or version of data: a date as the visitor writes it, all else as it is."""
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return text
    return _date(found)


def _date(day: datetime) -> str:
    pattern = "d. MMM yyyy" if language() == "de" else "d MMM yyyy"
    return str(format_date(day, format=pattern, locale=language()))


def day(at: float) -> str:
    """``21 Nov``, for axes."""
    pattern = "d. MMM" if language() == "de" else "d MMM"
    return str(format_date(local(at), format=pattern, locale=language()))


def clock_time(at: float) -> str:
    """``14:03``."""
    return str(format_time(local(at).timetz(), format="HH:mm", locale=language()))


def moment(at: float, seconds: bool = False) -> str:
    """``21 Nov 2026, 14:03``, with seconds where they matter."""
    pattern = "d MMM yyyy, HH:mm:ss" if seconds else "d MMM yyyy, HH:mm"
    if language() == "de":
        pattern = "d. MMM yyyy, HH:mm:ss" if seconds else "d. MMM yyyy, HH:mm"
    return str(format_datetime(local(at), format=pattern, locale=language()))


def when(at: float, seconds: bool = False) -> Markup:
    """A moment as a ``time`` element, exact for machines."""
    try:
        exact = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        exact = ""
    return Markup('<time datetime="{}">{}</time>').format(exact, moment(at, seconds))


def length(seconds: float) -> str:
    """``5 minutes``; the largest unit that fits, but days up to two months: 12 are no 2 weeks."""
    days = _bounded(seconds) / DAY
    if WEEK <= days <= LONG:
        return str(format_unit(round(days), "duration-day", locale=language()))
    return str(format_timedelta(timedelta(seconds=_bounded(seconds)), locale=language()))


def length_parts(seconds: float) -> str:
    """``5 h 12 min``, for what is left of a block."""
    whole = int(_bounded(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours >= 48:
        return length(whole)
    if hours:
        return str(gettext("%(hours)d h %(minutes)02d min", hours=hours, minutes=minutes))
    if minutes:
        return str(gettext("%(minutes)d min", minutes=minutes))
    return str(gettext("%(seconds)d s", seconds=whole))


def ago(at: float, now: float) -> str:
    """``3 minutes ago`` or ``in 3 minutes``; what happens just now has just happened."""
    seconds = at - now if abs(at - now) >= 1 else -1.0
    delta = timedelta(seconds=_bounded(seconds, negative=True))
    return str(format_timedelta(delta, add_direction=True, locale=language()))


def _bounded(seconds: float, negative: bool = False) -> float:
    """What a timedelta can hold, and no less than nothing unless asked."""
    limit = 3.0e9
    return max(-limit if negative else 0.0, min(seconds, limit))


def country(code: str) -> str:
    """The country's name; "not known" for an address without one."""
    return countries.name(code, language()) if code else str(gettext("not known"))


def sentences(said: Iterable[Sentence]) -> str:
    """What the licence or the gate says, in the visitor's language; numbers in it are moments."""
    return " ".join(
        str(gettext(each.template)).format(
            **{
                name: date(value) if isinstance(value, float) else gettext(value)
                for name, value in each.fields
            }
        )
        for each in said
    )


FILTERS = {
    "said": said,
    "edition": edition,
    "sentences": sentences,
    "number": number,
    "short_number": short_number,
    "percent": percent,
    "date": date,
    "day": day,
    "clock_time": clock_time,
    "moment": moment,
    "when": when,
    "duration": length,  # Jinja has a filter of its own that is called length
    "length_parts": length_parts,
    "ago": ago,
    "country": country,
}
"""For templates."""
