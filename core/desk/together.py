"""Changes that were made together, as an import makes them: found again, and taken back at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from core.desk import change
from core.errors import SettingError
from core.store.audit import AuditEntry, AuditFilter

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told

MOST: Final = 100_000
"""Entries of one change; an import of every list there is stays below it."""


def together(desk: Desk, number: int) -> list[AuditEntry]:
    """All entries of the audit trail that were made with one of them, the newest first.

    Args:
        desk: whose.
        number: of any of the entries.

    Raises:
        SettingError: there is no such change.
        StoreError: the store cannot be read.
    """
    found = change.trail(desk, limit=1, before_id=number + 1)
    if not found or found[0].id != number:
        raise SettingError(f"there is no change number {number}")
    one = found[0]
    wanted = AuditFilter(who=one.who, since=one.at, until=math.nextafter(one.at, math.inf))
    return [entry for entry in change.trail(desk, wanted, MOST) if entry.why == one.why]


def undo_together(desk: Desk, number: int, why: str = "") -> Told:
    """Take back all that was changed with an entry, all or none, and tell the daemon.

    Args:
        desk: whose.
        number: of any of the entries.
        why: kept in the audit trail.

    Raises:
        SettingError: there is no such change.
        StoreChanged: one of the settings was changed since; nothing was taken back.
        StoreError: nothing was taken back.
    """
    made = [change.difference_of(entry) for entry in together(desk, number)]
    undone = [replace(each, before=each.after, after=each.before) for each in made]
    return change.commit(desk, undone, why)
