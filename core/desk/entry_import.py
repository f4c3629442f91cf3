"""A file of exemptions, shown before it is added to a list."""

from __future__ import annotations

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
    """

    place: Place
    fresh: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    same: int
    faults: tuple[Fault, ...]


def preview(desk: Desk, place: Place, payload: bytes, comment: str = "") -> Preview:
    """Look at a file without adding it.

    Args:
        desk: whose.
        place: the list.
        payload: the file, in any form that `core.desk.entry_file` reads.
        comment: for entries that have none.

    Raises:
        SettingError: there is no such list in that scope.
        StoreError: the store cannot be read.
    """
    _check_place(place)
    found = entry_file.read(payload, place.name, comment)
    faults = list(found.faults)
    legal: list[Entry] = []
    for line in found.lines:
        try:
            legal.append(check(place, line.entry))
        except SettingError as error:
            faults.append(Fault(line.number, str(error)))
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
    return Preview(place, fresh, changed, same, tuple(faults))


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
