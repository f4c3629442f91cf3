"""Does what a decision offers, or puts it away for the one who does not want to see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import gettext
from msgspec import Struct

from core.desk import change, exemptions
from core.desk.desk import Desk
from core.desk.entry import PASSES, Entry, Place
from core.errors import SettingError
from core.settings.scope import SERVER_SCOPE
from core.web.pages.decisions import MARK, Decision
from core.web.parts import parts
from core.web.visitor import visitor

PREFERENCE: Final = "dismissed"
MOST: Final = 80
"""Decisions that somebody can have put away; the oldest come back."""


class Done(Struct, frozen=True):
    """What was done.

    Attributes:
        text: for people.
        audit: entries of the audit trail, for an undo.
        notes: what else there is to know.
    """

    text: str
    audit: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def do(desk: Desk, found: Iterable[Decision], key: str) -> Done:
    """Do what one of the decisions offers.

    Args:
        desk: whose.
        found: those that there are now.
        key: which.

    Raises:
        SettingError: it is none of them any more, or cannot be done; nothing was changed.
        StoreError: nothing was changed.
    """
    decision = next((each for each in found if each.key == key), None)
    if decision is None or not any(not option.address for option in decision.options):
        raise SettingError(gettext("That is no longer so; look at the list again."))
    kind, _, rest = key.partition(" ")
    if kind == "pass":
        code, _, until = rest.partition(" ")
        return _open(desk, code, float(until), decision)
    return _refuse(desk, rest, decision)


def _open(desk: Desk, code: str, until: float, decision: Decision) -> Done:
    entry = Entry(code, gettext("for travellers"), until)
    outcome = exemptions.add(desk, Place(PASSES, SERVER_SCOPE), [entry], decision.title)
    text = gettext("Done: %(what)s", what=decision.options[0].label)
    if outcome.told is None:
        return Done(text)
    return Done(text, outcome.told.audit, outcome.told.lines)


def _refuse(desk: Desk, setting: str, decision: Decision) -> Done:
    value = False if setting == "country.watch" else "refuse"
    changes = change.preview(desk, {SERVER_SCOPE: {setting: value}})
    told = change.commit(desk, changes, decision.title)
    return Done(gettext("It refuses from now on."), told.audit, told.lines)


def put_away(mark: str) -> None:
    """Do not show the visitor a decision any more.

    Args:
        mark: the decision's.

    Raises:
        StoreError: nothing was kept.
    """
    kept = [each for each in dismissed() if each != mark]
    _keep([*kept, mark][-MOST:])


def show_all() -> None:
    """Show the visitor all decisions again.

    Raises:
        StoreError: nothing was kept.
    """
    _keep([])


def dismissed() -> list[str]:
    """Marks of the decisions that the visitor has put away, the oldest first.

    Raises:
        StoreError: the store cannot be read.
    """
    viewer = visitor().viewer
    kept = parts().store.preferences.get(viewer.role, viewer.login).get(PREFERENCE, "")
    return [kept[place : place + MARK] for place in range(0, len(kept), MARK)]


def _keep(marks: list[str]) -> None:
    viewer = visitor().viewer
    values = {PREFERENCE: "".join(marks) or None}
    parts().store.preferences.set(viewer.role, viewer.login, values)
