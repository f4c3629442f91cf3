"""Times and lengths of time as people type and read them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import click

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Units of a length of time."""

_LENGTH = re.compile(r"^([0-9]{1,9})\s*([smhdw])$", re.IGNORECASE)


class Moment(click.ParamType[float]):
    """A point in time: a date, a date and time, or a length of time before or after now.

    Args:
        ahead: lengths lie after now (``--expires 7d``) and not before it (``--since 2h``).
    """

    name = "time"

    def __init__(self, *, ahead: bool = False) -> None:
        self._ahead = ahead

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds since 1970 of what was typed."""
        if isinstance(value, (int, float)):
            return float(value)
        text = str(value).strip()
        length = _LENGTH.match(text)
        if length is not None:
            seconds = int(length[1]) * SECONDS[length[2].lower()]
            return time.time() + (seconds if self._ahead else -seconds)
        try:
            return datetime.fromisoformat(text).timestamp()
        except (ValueError, OverflowError, OSError):
            self.fail(
                f"{text!r} is neither a length like 30m, 2h or 7d nor a date like 2026-03-01 or "
                "2026-03-01T18:00",
                param,
                ctx,
            )


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
