"""One change of the audit trail as people read it: from what to what, lists as what was added and
taken away, secrets never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from flask_babel import gettext
from msgspec import Struct

from core.desk.change import scope_of_stored
from core.desk.text import printable
from core.settings.fields import FIELDS
from core.store.audit import AuditEntry, StoredScope
from core.web.setting_links import setting_link
from core.web.settings_form_words import place, words
from core.web.wording import country, date

MOST: Final = 30
"""Entries of a list that are named; the others are counted."""


class AuditLine(Struct, frozen=True):
    """One change.

    Attributes:
        entry: as it is stored.
        title: of the setting.
        place: where it was changed.
        link: where it is changed now, "" for a setting that this version does not know.
        before, after: the values in words; "" for a list, which has the next two.
        added, taken: entries that came into a list or left it.
        more: how many of those are not named.
        can_undo: whether nobody has changed it since.
    """

    entry: AuditEntry
    title: str
    place: str
    link: str
    before: str
    after: str
    added: tuple[str, ...]
    taken: tuple[str, ...]
    more: int
    can_undo: bool


def line(entry: AuditEntry, stored: Mapping[StoredScope, Mapping[str, Any]]) -> AuditLine:
    """A change as people read it.

    Args:
        entry: the change.
        stored: what is set now.
    """
    known = FIELDS.get(entry.name)
    scope = scope_of_stored(entry.scope)
    added, taken = difference(entry.before, entry.after)
    is_list = bool(added or taken)
    return AuditLine(
        entry=entry,
        title=str(gettext(known.title)) if known else printable(entry.name),
        place=place(scope),
        link=setting_link(entry.name, scope) if known else "",
        before="" if is_list else words(entry.name, entry.before),
        after="" if is_list else words(entry.name, entry.after),
        added=entries(added, entry.name),
        taken=entries(taken, entry.name),
        more=max(0, len(added) - MOST) + max(0, len(taken) - MOST),
        can_undo=stored.get(entry.scope, {}).get(entry.name) == entry.after,
    )


def difference(before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    """What came into a list and what left it; nothing for values that are no lists.

    Args:
        before, after: plain values, None for one that was not set.
    """
    if not all(value is None or isinstance(value, list) for value in (before, after)):
        return [], []
    old, new = (
        {msgspec.json.encode(each): each for each in value or ()} for value in (before, after)
    )
    added = [each for key, each in new.items() if key not in old]
    return added, [each for key, each in old.items() if key not in new]


def entries(listed: list[Any], name: str) -> tuple[str, ...]:
    """The first entries of a list in words.

    Args:
        listed: plain values.
        name: the setting.
    """
    return tuple(_entry(each, name) for each in listed[:MOST])


def _entry(value: Any, name: str) -> str:
    if not isinstance(value, dict):
        return country(str(value)) if name == "country.list" else printable(str(value))
    what = value.get("entry", "")
    if not what and isinstance(value.get("country"), str):
        what = country(value["country"])
    notes = [str(value["comment"])] if value.get("comment") else []
    if isinstance(value.get("expires"), int | float) and value["expires"]:
        notes.append(gettext("until %(date)s", date=date(value["expires"])))
    return printable(f"{what} ({'; '.join(notes)})" if notes else str(what))
