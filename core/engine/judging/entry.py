"""An attacker: what is known of it for people, and until when it is refused."""

from __future__ import annotations

import time

from msgspec import Struct


class Entry(Struct, frozen=True, gc=False):
    """An attacker that stands, or stood.

    Attributes:
        place: an address (``192.0.2.1``, IPv6 ``2001:db8::/64``), a network (``192.0.2.0/24``,
            ``2001:db8:1::/48``) or a system (``AS64500``).
        kind: "address", "network" or "system".
        since, until: from when to when it is refused, seconds since 1970.
        times: which refusal of this place it is, from 1.
        evidence: one line for people.
    """

    place: str
    kind: str
    since: float
    until: float
    times: int
    evidence: str


def tried(what: str, seconds: float, at: float) -> str:
    """The evidence: what was tried, in which time, and when last.

    Args:
        what: as in "tried 14 accounts".
        seconds: how long it took.
        at: when last, seconds since 1970.
    """
    last = time.strftime("%H:%M UTC", time.gmtime(at))
    return f"{what} in {_length(seconds)}, last at {last}"


def _length(seconds: float) -> str:
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        count = round(seconds / unit)
        if count > 1 or (count == 1 and seconds >= 0.9 * unit):
            return f"{count} {name}{'s' if count > 1 else ''}"
    count = max(1, round(seconds))
    return f"{count} second{'s' if count > 1 else ''}"


def counted(number: int, one: str, more: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else more}"
