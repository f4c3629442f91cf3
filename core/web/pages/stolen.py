"""Mailboxes that look stolen: what was seen, and what their owner, reseller or administrator does.

A customer says that it was he, or locks a mailbox at once. He cannot release one: whoever stole the
mailbox may have the panel's password too.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import stolen
from core.engine.stolen.signal import WEAK
from core.errors import ControlError
from core.labels import SIGNALS
from core.settings.scope import Resolved
from core.store.signals import PastSignal, SignalFilter
from core.web.access import ADMIN, EVERYBODY, RESELLERS, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages.blocked import now_blocked
from core.web.paging import before
from core.web.parts import parts
from core.web.visitor import visitor
from core.words import SignalKind

bp = Blueprint("stolen", __name__, url_prefix="/stolen")

MOST_OPEN: Final = 200
"""Open signals that are shown; more at once is a fault of the settings, which the page says."""

LINES: Final = 50
"""Signals on a page of the history."""

RELEASING: Final = ADMIN | RESELLERS
"""Who may end a block."""

HOURS: Final = (6, 24, 72, 168)
"""For how long a mailbox can be locked by hand."""


class Sign(Struct, frozen=True):
    """One open signal.

    Attributes:
        seen: as it is kept.
        title: what it is called.
        is_weak: it is noted only, because a journey looks the same.
    """

    seen: PastSignal
    title: str
    is_weak: bool


class Suspect(Struct, frozen=True):
    """One mailbox that looks stolen.

    Attributes:
        account: its login name.
        signs: what was seen, the newest first.
        is_blocked: it may not send now.
        contact: whom to ask, as refusals say it.
    """

    account: str
    signs: tuple[Sign, ...]
    is_blocked: bool
    contact: str

    @property
    def is_weak(self) -> bool:
        """Whether nothing but weak signs was seen."""
        return all(sign.is_weak for sign in self.signs)


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    desk, sight = parts().desk(visitor().who), visitor().sight
    asked = request.args.get("account", request.args.get("q", "")).strip()
    pattern = f"*{asked}*" if asked and "*" not in asked and "@" not in asked else asked
    is_open = SignalFilter(account=pattern, domains=sight.domains, open=True)
    over = SignalFilter(account=pattern, domains=sight.domains, open=False)
    found = stolen.find(desk, is_open, MOST_OPEN + 1)
    older_than = before(request.args.get("before", ""))
    history = stolen.find(desk, over, LINES + 1, older_than)
    resolved = desk.rules().resolved
    return render_template(
        "pages/stolen.html",
        suspects=_suspects(found[:MOST_OPEN], resolved),
        too_many=len(found) > MOST_OPEN,
        history=[_sign(each) for each in history[:LINES]],
        older=history[LINES - 1].id if len(history) > LINES else None,
        is_first=older_than is None,
        asked=asked,
        may_release=visitor().viewer.role in RELEASING,
        hours=HOURS,
        acts=resolved.server.stolen.action,
    )


@bp.post("/close")
@allow(EVERYBODY)
def close() -> Response:
    """Somebody knows what it was: it is asked no more."""
    account = visitor().sight.account(request.form.get("account", ""))
    owner = request.form.get("who") == "owner"
    release = visitor().viewer.role in RELEASING
    try:
        done = stolen.close(parts().desk(visitor().who), account, owner=owner, release=release)
    except ControlError as error:
        tell(gettext("Not closed: %(why)s", why=said(error)), "bad")
        return back_to("stolen.show")
    if not done.closed:
        tell(gettext("Nothing was open for %(account)s.", account=account), "warn")
    elif owner:
        tell(
            gettext("%(account)s: noted. It will not be asked about these again.", account=account)
        )
    else:
        tell(gettext("%(account)s: noted as dealt with.", account=account))
    if done.released:
        tell(gettext("%(account)s may send again.", account=account))
    _tell_notes(done.notes)
    return back_to("stolen.show")


@bp.post("/lock")
@allow(EVERYBODY)
def lock() -> Response:
    """Keep a mailbox from sending, at once."""
    account = visitor().sight.account(request.form.get("account", ""))
    given = request.form.get("hours", "")
    hours = int(given) if given.isascii() and given.isdigit() and int(given) in HOURS else HOURS[1]
    why = request.form.get("why", "").strip()[:200]
    try:
        blocked = stolen.block(parts().desk(visitor().who), account, hours * 3600, why)
    except ControlError as error:
        tell(gettext("Not locked: %(why)s", why=said(error)), "bad")
        return back_to("stolen.show")
    tell(
        ngettext(
            "%(account)s may not send for %(num)s hour. Now change its password.",
            "%(account)s may not send for %(num)s hours. Now change its password.",
            hours,
            account=account,
        )
    )
    _tell_notes(blocked.notes)
    return back_to("stolen.show")


def _tell_notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        tell(said(note), "warn")


def _suspects(found: list[PastSignal], resolved: Resolved) -> list[Suspect]:
    """The mailboxes, those with strong signs first, and then the newest first."""
    blocked = {block.account for block in now_blocked().blocked}
    by_account = sorted(found, key=lambda each: each.account)
    suspects = [
        Suspect(
            account,
            tuple(_sign(each) for each in sorted(signs, key=lambda s: -s.last)),
            account in blocked,
            resolved.of_account(account).text.contact,
        )
        for account, signs in groupby(by_account, key=lambda each: each.account)
    ]
    return sorted(suspects, key=lambda s: (s.is_weak, -s.signs[0].seen.last))


def _sign(seen: PastSignal) -> Sign:
    try:
        kind = SignalKind(seen.kind)
    except ValueError:  # another version knew more
        return Sign(seen, seen.kind, is_weak=False)
    return Sign(seen, str(gettext(SIGNALS[kind])), kind in WEAK)
