"""All settings out as one document, and in again: every difference is shown before it is made."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any, Final

import msgspec
from flask import make_response, request
from flask_babel import gettext, ngettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import exchange
from core.desk.change import Difference
from core.desk.exchange import is_secret
from core.errors import SettingError, StoreChanged
from core.settings.about import EVERYWHERE
from core.settings.fields import FIELDS
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages.system_audit_line import MOST as MOST_ENTRIES
from core.web.pages.system_audit_line import difference, entries
from core.web.pages.system_tabs import tab_page
from core.web.pages.undo import MOST as MOST_UNDONE
from core.web.parts import parts
from core.web.settings_form_words import place, words
from core.web.visitor import visitor

MOST: Final = 500
"""Differences that are shown; the others are counted."""

LONGEST_WHY: Final = 500


class DifferenceLine(Struct, frozen=True):
    """One difference as people read it.

    Attributes:
        place, title: where and what.
        before, after: in words; "" for a list, which has the next two.
        added, taken: entries that would come into a list or leave it.
        more: how many of those are not named.
        is_taken_back: the scope would have no value of its own any more.
    """

    place: str
    title: str
    before: str
    after: str
    added: tuple[str, ...]
    taken: tuple[str, ...]
    more: int
    is_taken_back: bool


class Typed(Struct, frozen=True):
    """The form as it was sent: the document, whether the rest is kept, and why."""

    document: str = ""
    merge: bool = False
    why: str = ""

    @classmethod
    def read(cls) -> Typed:
        """From the present request."""
        form = request.form
        why = form.get("why", "").strip()[:LONGEST_WHY]
        return cls(form.get("document", ""), form.get("merge") == "1", why)


@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page(Typed())


@allow(ADMIN)
def export() -> Response:
    """All settings as a file."""
    secrets = request.args.get("secrets") == "1"
    answer = make_response(exchange.export(parts().desk(visitor().who), secrets=secrets))
    day = time.strftime("%Y%m%d", time.gmtime(parts().clock()))
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="mailward-settings-{day}.json"'
    return answer


@allow(ADMIN)
def preview() -> str | tuple[str, int]:
    """Show what an import would change. Changes nothing."""
    typed = Typed.read()
    try:
        return _page(typed, changes=_differences(typed))
    except SettingError as error:
        return _page(typed, fault=said(error)), 422


@allow(ADMIN)
def carry_out() -> str | Response | tuple[str, int]:
    """Make what was shown, all or none; when it would be something else by now, show it anew."""
    typed = Typed.read()
    try:
        changes = _differences(typed)
    except SettingError as error:
        return _page(typed, fault=said(error)), 422
    if not changes or not hmac.compare_digest(request.form.get("shown", ""), _mark(changes)):
        return _page(typed, changes=changes, is_other=True)
    try:
        told = exchange.carry_out(parts().desk(visitor().who), changes, typed.why or "import")
    except StoreChanged:
        return _page(typed, changes=_differences(typed), is_other=True)
    count = len(changes)
    undo = told.audit if len(told.audit) <= MOST_UNDONE else ()
    tell(ngettext("%(num)s setting changed.", "%(num)s settings changed.", count), undo=undo)
    for line in told.lines:
        tell(gettext(line), "warn")
    return back_to("system.audit")


def _differences(typed: Typed) -> list[Difference]:
    if not typed.document.strip():
        raise SettingError(gettext("Paste a document, or choose a file."))
    desk = parts().desk(visitor().who)
    return exchange.preview_import(desk, typed.document.encode(), merge=typed.merge)


def _mark(changes: list[Difference]) -> str:
    """By which it is noticed that a preview has become another."""
    plain: list[Any] = [[*c.scope, c.name, c.before, c.after] for c in changes]
    text = msgspec.json.encode(plain, order="deterministic")
    return hmac.new(parts().secret.encode(), text, hashlib.sha256).hexdigest()


def _page(
    typed: Typed,
    *,
    changes: list[Difference] | None = None,
    fault: str = "",
    is_other: bool = False,
) -> str:
    stored = parts().desk(visitor().who).stored()
    return tab_page(
        "system_exchange.html",
        "system.exchange",
        typed=typed,
        changes=None if changes is None else _lines(changes),
        more=max(0, len(changes or ()) - MOST),
        total=len(changes or ()),
        shown=_mark(changes) if changes else "",
        fault=fault,
        is_other=is_other,
        scopes=len(stored),
        values=sum(map(len, stored.values())),
        has_secrets=any(is_secret(n) and v for own in stored.values() for n, v in own.items()),
    )


def _lines(changes: list[Difference]) -> list[DifferenceLine]:
    """The first differences, those of the server before those of domains and mailboxes."""
    ordered = sorted(changes, key=lambda each: EVERYWHERE.index(each.scope.level))
    return [_line(each) for each in ordered[:MOST]]


def _line(each: Difference) -> DifferenceLine:
    known = FIELDS.get(each.name)
    added, taken = difference(each.before, each.after)
    is_list = bool(added or taken)
    return DifferenceLine(
        place(each.scope),
        gettext(known.title) if known else each.name,
        "" if is_list else words(each.name, each.before),
        "" if is_list else words(each.name, each.after),
        entries(added, each.name),
        entries(taken, each.name),
        max(0, len(added) - MOST_ENTRIES) + max(0, len(taken) - MOST_ENTRIES),
        each.after is None,
    )
