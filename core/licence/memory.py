"""What a server remembers of its licence: when the trial began, and how late it already was.

Remembered so that neither a deleted key nor a clock that is set back starts a trial again. All
functions are pure; `core.licence.licence` keeps the memory in a file. An honest server with a wrong
clock is never punished for it for longer than the clock is wrong, or than it takes to enter a new
key.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.licence.key import DAY, LicenceKey

EARLIEST: Final = 1_767_225_600.0
"""2026-01-01: no clock before it can be right, because the program is younger."""

STEP: Final = DAY
"""A clock that is further ahead than this has leapt: the server was off, or the clock is wrong."""

BELIEVED_AFTER: Final = 3600.0
"""Seconds that a clock must stay where it has leapt to before that is remembered as the time."""


class Memory(Struct, frozen=True, kw_only=True):
    """What is remembered; 0 stands for never.

    Attributes:
        trial_began: when the trial began, seconds since 1970.
        latest: the latest time that was believed.
        leap: where the clock leapt to, while that is not believed yet.
        newest_issue: when the newest key that counted here was issued.
        matched_key, matched_at: the last key that was for this server, and when it last was.
    """

    trial_began: float = 0
    latest: float = 0
    leap: float = 0
    newest_issue: float = 0
    matched_key: int = 0
    matched_at: float = 0


def time_of(memory: Memory, clock: float) -> float:
    """The time that counts: the clock's, or the latest one seen where the clock was set back."""
    return max(clock, memory.latest)


def observed(memory: Memory, clock: float) -> Memory:
    """After a look at the clock.

    Small steps are remembered at once. A leap is remembered when the clock is still there an hour
    later: one that starts wrong and is then set right leaves no trace.
    """
    if clock < EARLIEST:
        return memory
    if clock <= memory.latest + STEP:
        return replace(memory, latest=max(clock, memory.latest), leap=0)
    if memory.leap + BELIEVED_AFTER <= clock <= memory.leap + BELIEVED_AFTER + STEP:
        return replace(memory, latest=clock, leap=0)
    if memory.leap <= clock <= memory.leap + BELIEVED_AFTER:
        return memory
    return replace(memory, leap=clock)


def welcomed(memory: Memory, key: LicenceKey, clock: float) -> Memory:
    """After a key was seen.

    A key that is newer than all before it brings the vendor's time along, and with it the way out
    for a server whose clock once was far ahead.
    """
    if key.issued <= memory.newest_issue:
        return memory
    known = max(clock, float(key.issued))
    latest = known if memory.latest > known + STEP else memory.latest
    return replace(memory, newest_issue=float(key.issued), latest=latest)


def began(memory: Memory, clock: float) -> Memory:
    """After a start of the program: the trial begins with the first one, once.

    A beginning that lies ahead was written by a clock that was wrong, and is written anew.
    """
    now = time_of(memory, clock)
    if now < EARLIEST or 0 < memory.trial_began <= now + STEP:
        return memory
    return replace(memory, trial_began=now)


def recognised(memory: Memory, key: LicenceKey, clock: float) -> Memory:
    """After the key was found to be for this server."""
    return replace(memory, matched_key=key.number, matched_at=time_of(memory, clock))
