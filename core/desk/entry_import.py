"""A file of exemptions, shown before it is added to a list."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from core.desk import entry_file, exemptions
from core.desk.change import in_words
from core.desk.entry import Entry, Place, check, spelled
from core.desk.entry_file import Fault
from core.desk.exemptions import Outcome
from core.desk.text import counted
from core.errors import SettingError
from core.settings import fields

if TYPE_CHECKING:
    from core.desk.desk import Desk

MOST_TOLD = 10
"""Bad lines that an error names; a preview has them all."""


class Preview(Struct, frozen=True):
    """What adding a file would do.

    Attributes:
        place: the list.
        fresh: entries that are not in it yet.
        changed: entries that would get another comment or end.
        same: how many would stay as they are.
        faults: every line that is wrong; while there is one, nothing can be added.
        passed: what is passed over although it is no fault, and why.
        twice: how many lines say what an earlier one says.
        expired: entries that are over already and are not added.
    """

    place: Place
    fresh: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    same: int
    faults: tuple[Fault, ...]
    passed: tuple[Fault, ...] = ()
    twice: int = 0
    expired: tuple[Entry, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What people should know although it hinders nothing, a sentence each."""
        found = [str(each) for each in self.passed[:MOST_TOLD]]
        if len(self.passed) > MOST_TOLD:
            found.append(f"{counted(len(self.passed) - MOST_TOLD, 'more line')} passed over")
        if self.twice:
            found.append(f"{counted(self.twice, 'line')} said what an earlier one says")
        if self.expired:
            count = counted(len(self.expired), "entry is", "entries are")
            found.append(f"{count} over already, and left out")
        return found


def preview(
    desk: Desk, place: Place, payload: bytes, comment: str = "", origin: str = ""
) -> Preview:
    """Look at a file without adding it.

    Args:
        desk: whose.
        place: the list.
        payload: the file, in any form that `core.desk.entry_file` reads.
        comment: for entries that have none.
        origin: the file's name, "" where nobody knows it.

    Raises:
        SettingError: there is no such list in that scope.
        StoreError: the store cannot be read.
    """
    _check_place(place)
    found = entry_file.read(payload, place.name, comment, origin)
    faults = list(found.faults)
    legal: list[Entry] = []
    expired: list[Entry] = []
    now = time.time()
    for line in found.lines:
        try:
            entry = check(place, line.entry)
        except SettingError as error:
            faults.append(Fault(line.number, str(error)))
        else:
            (expired if entry.is_over(now) else legal).append(entry)
    present = exemptions.entries(desk, place)
    before = {spelled(place.name, each.entry): each for each in present}
    after = exemptions.merge(place, present, legal)
    names = dict.fromkeys(each.entry for each in legal)
    fresh = tuple(after[name] for name in names if name not in before)
    changed = tuple(
        after[name] for name in names if name in before and not _equal(after[name], before[name])
    )
    same = len(names) - len(fresh) - len(changed)
    faults.sort(key=lambda fault: fault.number)
    return Preview(
        place,
        fresh,
        changed,
        same,
        tuple(faults),
        found.passed,
        found.twice,
        tuple(expired),
    )


def _check_place(place: Place) -> None:
    levels = fields.field(place.name).levels
    if place.scope.level not in levels:
        raise SettingError(
            f"{place.name}: can be set for the {' and '.join(levels)} only, not for "
            f"{in_words(place.scope)}"
        )


def _equal(one: Entry, other: Entry) -> bool:
    return (one.comment, one.expires) == (other.comment, other.expires)


def carry_out(desk: Desk, shown: Preview, why: str = "import") -> Outcome:
    """Add what a preview shows, all of it.

    Raises:
        SettingError: a line is wrong; the text names it. Nothing was added.
        StoreError: nothing was added.
    """
    refuse(shown)
    fresh = (*shown.fresh, *shown.changed)
    return exemptions.add(desk, shown.place, fresh, why) if fresh else Outcome()


def refuse(shown: Preview) -> None:
    """Do nothing, unless a line is wrong.

    Raises:
        SettingError: a line is wrong; the text names the first ones with their numbers.
    """
    if not shown.faults:
        return
    told = "; ".join(str(fault) for fault in shown.faults[:MOST_TOLD])
    more = len(shown.faults) - MOST_TOLD
    rest = f"; and {counted(more, 'more line')}" if more > 0 else ""
    raise SettingError(f"{shown.place.name}: {told}{rest}")
