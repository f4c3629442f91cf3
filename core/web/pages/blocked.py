"""Mailboxes that may not send for a while, as their owners see them.

A customer cannot release one: whoever stole a mailbox may have the panel's password too. A reseller
can, for the customers that they look after; the administrator has the page of send limits.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import blocks
from core.desk.blocks import Standing, StandingBlock
from core.errors import ControlError
from core.settings.scope import Resolved
from core.store.blocks import BlockFilter, PastBlock
from core.web.access import CUSTOMERS, RESELLERS, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages.blocked_story import Story, story, told
from core.web.paging import before
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("blocked", __name__, url_prefix="/blocked")

MOST_STORIES: Final = 20
"""Blocks whose mails are looked up; more than that at once is a fault of the server's."""

LINES: Final = 50
"""Blocks on a page of the history."""


class Line(Struct, frozen=True):
    """One mailbox that is blocked now.

    Attributes:
        block: the block.
        story: what led to it.
        contact: whom to ask, as refusals say it.
        used: part of the block that is over, 0 to 1.
    """

    block: StandingBlock
    story: Story
    contact: str
    used: float


class Past(Struct, frozen=True):
    """One line of the history; `ending` is ``released``, ``ran out`` or ``stands``."""

    block: PastBlock
    told: str
    ending: str


@bp.get("")
@allow(CUSTOMERS)
def show() -> str:
    """The page."""
    desk, sight = parts().desk(visitor().who), visitor().sight
    standing = now_blocked()
    resolved = desk.rules().resolved
    asked = request.args.get("q", "").strip()
    older_than = before(request.args.get("before", ""))
    wanted = BlockFilter(account=_pattern(asked), domains=sight.domains)
    history = blocks.history(desk, wanted, LINES + 1, older_than)
    return render_template(
        "pages/blocked.html",
        standing=standing,
        lines=[
            _line(each, resolved, is_told=place < MOST_STORIES)
            for place, each in enumerate(standing.blocked)
        ],
        history=[
            Past(each, told(each), blocks.ending(each, parts().clock())) for each in history[:LINES]
        ],
        older=history[LINES - 1].id if len(history) > LINES else None,
        is_first=older_than is None,
        near=[(each, resolved.of_account(each.account).send.limit) for each in standing.near],
        asked=asked,
        may_release=visitor().viewer.role in RESELLERS,
        contact=resolved.server.text.contact,
    )


@bp.post("/release")
@allow(RESELLERS)
def release() -> Response:
    """Let mailboxes send again."""
    sight = visitor().sight
    accounts = [sight.account(name) for name in request.form.getlist("account")]
    desk = parts().desk(visitor().who)
    if not accounts:
        tell(gettext("Choose a mailbox first."), "warn")
        return back_to("blocked.show")
    try:
        released = blocks.release(desk, accounts)
    except ControlError as error:
        tell(gettext("Not released: %(why)s", why=said(error)), "bad")
        return back_to("blocked.show")
    for each in released.releases:
        if each.done:
            tell(gettext("%(account)s may send again.", account=each.account))
        else:
            tell(gettext("%(account)s was not blocked.", account=each.account), "warn")
    for note in released.notes:
        tell(said(note), "warn")
    return back_to("blocked.show")


def now_blocked() -> Standing:
    """The visitor's blocked mailboxes, by whoever can say.

    Raises:
        StoreError: nobody can.
    """
    desk, domains = parts().desk(visitor().who), visitor().sight.domains
    try:
        return blocks.standing(desk, domains)
    except ControlError:  # it runs and does not say: the history is the next best
        now = parts().clock()
        kept = [b for b in desk.store.blocks.standing(now) if visitor().sight.sees_domain(b.domain)]
        return Standing(tuple(_standing(block, now) for block in kept), (), False)


def _standing(block: PastBlock, now: float) -> StandingBlock:
    known: dict[str, Any] = {
        name: getattr(block, name) for name in StandingBlock.__struct_fields__ if name != "left"
    }
    return StandingBlock(**known, left=block.remaining(now))


def _line(block: StandingBlock, resolved: Resolved, *, is_told: bool) -> Line:
    settings = resolved.of_account(block.account)
    return Line(
        block,
        story(parts().store, block, settings) if is_told else Story(told(block)),
        settings.text.contact,
        1 - block.left / block.seconds if block.seconds > 0 else 1.0,
    )


def _pattern(asked: str) -> str:
    return f"*{asked}*" if asked and "*" not in asked else asked
