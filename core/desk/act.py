"""What an installer does, one act after the other: each is done, or says why it is not."""

from __future__ import annotations

from collections.abc import Callable

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


def act(name: str, work: Callable[[], None]) -> Act:
    """Do some work."""
    try:
        work()
    except (MailwardError, OSError) as error:
        return Act(name, str(error))
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
        return Act(name, str(error))
    return Act(name, notes=change.left)


def undo(name: str, change: Change | None) -> Act:
    """Take a change back; None where there is none on record."""
    if change is None:
        return Act(name, notes=("there was nothing to take away",))
    try:
        change.undo()
    except (MailwardError, OSError) as error:
        return Act(name, str(error))
    return Act(name, notes=change.left)
