"""The audit trail: who changed what from what to what, when; each change can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from flask import request
from flask_babel import gettext, ngettext
from msgspec import Struct
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.desk import change
from core.desk.together import together, undo_together
from core.errors import SettingError, StoreError
from core.settings.fields import FIELDS, GROUPS
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.audit import AuditEntry, AuditFilter
from core.web import complaints
from core.web.access import ADMIN, allow
from core.web.notices import back_to, tell
from core.web.pages.system_audit_line import AuditLine, line
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.visitor import visitor
from core.web.wording import zone

SIZE: Final = 50
"""Changes on a page."""

LARGEST: Final = 1 << 62
"""No number of the store is as large."""


class Asked(Struct, frozen=True):
    """The search.

    Attributes:
        who, name, scope, since, until: as they were typed; a scope is "server", a domain or a
            mailbox.
        faults: what is wrong, by the field's name.
        wanted: the filter, without what is wrong.
    """

    who: str
    name: str
    scope: str
    since: str
    until: str
    faults: dict[str, str]
    wanted: AuditFilter

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Asked:
        """From the words of an address line."""
        typed = {n: words.get(n, "").strip() for n in ("who", "name", "scope", "since", "until")}
        faults: dict[str, str] = {}
        wanted = AuditFilter(
            who=typed["who"],
            name=_setting(typed["name"], faults),
            scopes=_scopes(typed["scope"], faults),
            since=_day("since", typed["since"], 0, faults),
            until=_day("until", typed["until"], 1, faults),
        )
        return cls(**typed, faults=faults, wanted=wanted)

    @property
    def words(self) -> dict[str, str]:
        """The words of an address line that asks the same."""
        names = ("who", "name", "scope", "since", "until")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Made(Struct, frozen=True):
    """Changes that were made together, as far as they stand on the page.

    Attributes:
        lines: the changes, newest first.
        number: of one of them, to take all back; 0 for a change alone.
    """

    lines: tuple[AuditLine, ...]
    number: int

    @property
    def first(self) -> AuditEntry:
        """One of them: who, when and why are the same for all."""
        return self.lines[0].entry


@allow(ADMIN)
def show() -> str:
    """The page."""
    asked = Asked.read(request.args)
    desk = parts().desk(visitor().who)
    before = _number(request.args.get("before", ""))
    found = change.trail(desk, asked.wanted, SIZE + 1, before)
    stored = desk.stored()
    lines = [line(entry, stored) for entry in found[:SIZE]]
    return tab_page(
        "system_audit.html",
        "system.audit",
        asked=asked,
        made=[_made(list(group)) for _, group in groupby(lines, _occasion)],
        is_first=before is None,
        next=lines[-1].entry.id if len(found) > SIZE else 0,
        settings=_choices(),
        now=parts().clock(),
    )


@allow(ADMIN)
def undo() -> Response:
    """Take back one change, or all that were made with it."""
    number = _number(request.form.get("number", ""))
    if number is None:
        raise BadRequest
    desk = parts().desk(visitor().who)
    try:
        if request.form.get("all") == "1":
            count = len(together(desk, number))
            told = undo_together(desk, number)
        else:
            count = 1
            _, told = change.undo(desk, number)
    except (SettingError, StoreError) as error:
        tell(gettext("Nothing was taken back: %(why)s", why=complaints.said(error)), "bad")
        return back_to("system.audit")
    tell(ngettext("%(num)d change taken back.", "%(num)d changes taken back.", count))
    for said in told.lines:
        tell(gettext(said), "warn")
    return back_to("system.audit")


def _occasion(each: AuditLine) -> tuple[Any, ...]:
    return each.entry.at, each.entry.who, each.entry.why


def _made(lines: list[AuditLine]) -> Made:
    return Made(tuple(lines), lines[0].entry.id if len(lines) > 1 else 0)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    return int(text) if is_number and int(text) < LARGEST else None


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The settings by their groups."""
    return [
        (
            gettext(group.title),
            [(f.name, gettext(f.title)) for f in FIELDS.values() if f.group == group.name],
        )
        for group in GROUPS.values()
    ]


def _setting(text: str, faults: dict[str, str]) -> str:
    if text and text not in FIELDS:
        faults["name"] = gettext("There is no such setting.")
        return ""
    return text


def _scopes(text: str, faults: dict[str, str]) -> frozenset[tuple[str, str]] | None:
    if not text:
        return None
    try:
        found = _scope(text)
    except SettingError:
        faults["scope"] = gettext("Write “server”, a domain, or a mailbox.")
        return None
    return frozenset({(found.level, found.name)})


def _scope(text: str) -> Scope:
    if text.lower() in ("server", gettext("server").lower()):
        return SERVER_SCOPE
    return scope_of(mailbox=text) if "@" in text else scope_of(domain=text)


def _day(name: str, text: str, days: int, faults: dict[str, str]) -> float | None:
    """The beginning of a day in the visitor's zone, or of the day after it."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
        return datetime.combine(day, time(), zone()).timestamp()
    except (ValueError, OverflowError, OSError):
        faults[name] = gettext("Write a day as in 2026-11-21.")
        return None
