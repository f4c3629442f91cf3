"""What an installer does, one act after the other: each is done, or says why it is not."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from core.errors import MailwardError
from core.panel import Change


class Act(Struct, frozen=True):
    """One thing that was done.

    Attributes:
        name: what, for people, as in "start the services".
        problem: why it was not done, "" when it was.
        notes: what else there is to know.
    """

    name: str
    problem: str = ""
    notes: tuple[str, ...] = ()


_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


def said(error: MailwardError | OSError) -> str:
    """What went wrong, and on a full disk what to do: nothing else can be done about it."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if not isinstance(cause, OSError) or cause.errno not in _FULL:
        return str(error)
    where = f" ({cause.filename})" if cause.filename else ""
    what = "" if cause is error else f"{error}; "
    return f"{what}the disk is full{where}: make room, then run this again"


def act(name: str, work: Callable[[], None]) -> Act:
    """Do some work."""
    try:
        work()
    except (MailwardError, OSError) as error:
        return Act(name, said(error))
    return Act(name)


def apply(name: str, plan: Callable[[], Change], confirm: Callable[[], None] | None) -> Act:
    """Make a change, or finish one that was cut off.

    Args:
        name: what, for people.
        plan: makes the change plan.
        confirm: makes sure that it works; where it raises, everything is put back.
    """
    try:
        change = plan()
        if not (change.resume(confirm) or change.apply(confirm)) and confirm is not None:
            confirm()
    except (MailwardError, OSError) as error:
        return Act(name, said(error))
    return Act(name, notes=change.left)


def undo(name: str, change: Change | None) -> Act:
    """Take a change back; None where there is none on record."""
    if change is None:
        return Act(name, notes=("there was nothing to take away",))
    try:
        change.undo()
    except (MailwardError, OSError) as error:
        return Act(name, said(error))
    return Act(name, notes=change.left)
