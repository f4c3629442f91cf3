"""Whether an Exim that was changed still greets everybody, and really asks the daemon.

It fails open, so a wrong path or right of the socket shows in nothing but the daemon's silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from core.mta.knock import Door, Visit
from core.panel import Knock

DEADLINE = 45.0
"""Seconds after a reload in which Exim may still be on its way: where a port is held for a moment
by a process of its own, it waits for 30 before it tries again."""

ANSWER = 1.0
"""Seconds for one question to become visible to whoever `asked` asks."""

_PAUSE = 0.05


def knocks(
    guarded: Iterable[Door],
    others: Iterable[Door],
    asked: Callable[[str], bool],
    *,
    deadline: float | None = None,
) -> Iterator[Knock]:
    """Knock at every door.

    Args:
        guarded: doors whose connections the daemon must be asked about, at EHLO at the latest.
        others: doors that must still greet.
        asked: whether the daemon has seen a request with this client port.
        deadline: seconds until all of them must have done so; None for `DEADLINE`.

    Raises:
        PlanError: whoever is `asked` cannot say.
    """
    deadline = DEADLINE if deadline is None else deadline
    until = time.monotonic() + deadline
    for door in guarded:
        yield _patiently(door, asked, until)
    for door in others:
        yield _patiently(door, None, until)


def _patiently(door: Door, asked: Callable[[str], bool] | None, until: float) -> Knock:
    """Exim closes its ports for a moment when it reads its configuration anew."""
    while True:
        knock = _knock(door, asked)
        if not knock.problem or time.monotonic() > until:
            return knock
        time.sleep(_PAUSE)


def _knock(door: Door, asked: Callable[[str], bool] | None) -> Knock:
    try:
        marker = _greet(door)
    except OSError as error:
        return Knock(str(door), "cannot say", f"{door} does not greet any more: {error}")
    if asked is None:
        return Knock(str(door), "cannot say")
    until = time.monotonic() + ANSWER
    while not asked(marker):
        if time.monotonic() > until:
            problem = (
                f"{door} greets, but the daemon was not asked about the connection: is it "
                "listening where Exim looks for it, and may Exim's user reach it?"
            )
            return Knock(str(door), "not asked", problem)
        time.sleep(_PAUSE)
    return Knock(str(door), "asked")


def _greet(door: Door) -> str:
    """Hear a greeting, say who we are, leave; returns the client port, by which the daemon knows
    the visit."""
    with Visit(door) as visit:
        if not visit.greeting.startswith("220"):
            raise OSError(f"it said {visit.greeting!r}" if visit.greeting else "it hung up")
        visit.say("EHLO localhost")
        visit.hear()
        visit.say("QUIT")
        return str(visit.source_port)
