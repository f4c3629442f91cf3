"""Times and lengths of time as people type and read them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from core.errors import SettingError

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Units of a length of time."""

_LENGTH: Final = re.compile(r"^([0-9]{1,9})\s*([smhdw])$", re.IGNORECASE)

_DAY: Final = re.compile(r"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}$")


def read(text: str, *, ahead: bool = False) -> float:
    """A point in time: a date, a date and time, or a length of time before or after now.

    Args:
        text: what was typed. A date without a zone means the server's own.
        ahead: it is an end: lengths lie after now and not before it, and a bare date means the
            end of that day and not its begin.

    Returns:
        Seconds since 1970.

    Raises:
        SettingError: it is none of these; the text shows examples.
    """
    stripped = text.strip()
    length = _LENGTH.match(stripped)
    if length is not None:
        seconds = int(length[1]) * SECONDS[length[2].lower()]
        return time.time() + (seconds if ahead else -seconds)
    try:
        found = datetime.fromisoformat(stripped)
        is_day = ahead and _DAY.match(stripped) is not None
        return (found + timedelta(days=1) if is_day else found).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingError(
            f"{stripped!r} is neither a length like 30m, 2h or 7d nor a date like 2026-03-01 or "
            "2026-03-01T18:00"
        ) from error


def local(at: float) -> str:
    """A time in the server's own time zone, to the second."""
    try:
        return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "beyond the calendar"


def iso(at: float) -> str:
    """A time for documents that programs read: UTC, ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def length(seconds: float) -> str:
    """A length of time in its two largest units: ``3 h 20 min``."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size and len(parts) < 2:
            parts.append(f"{left // size} {unit}")
            left %= size
        elif parts:
            break
    return " ".join(parts) or "0 s"
