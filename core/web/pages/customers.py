"""Domains by customer, plan and reseller: which are on, who overrides what, what happens there."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.web.access import ADMIN, RESELLERS, allow
from core.web.features import plan_words
from core.web.notices import back_to, tell
from core.web.pages.blocked import now_blocked
from core.web.pages.customers_list import (
    GROUPS,
    SORTS,
    STATES,
    Wish,
    chosen,
    groups,
    mailboxes,
)
from core.web.pages.domains_line import DomainLine, lines
from core.web.pages.domains_switch import switch_and_tell
from core.web.pages.domains_tally import DAY, by_domain, together
from core.web.pages.marks import marks
from core.web.paging import sheet
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("customers", __name__, url_prefix="/customers")

DAYS: Final = 30


@bp.get("")
@allow(ADMIN | RESELLERS)
def show() -> str:
    """The page."""
    wish, known = Wish.of(request.args), _lines()
    wanted = chosen(known, wish)
    page = sheet(wanted, request.args.get("page", ""))
    is_admin = visitor().sight.is_admin
    return render_template(
        "pages/customers.html",
        wish=wish,
        page=page,
        groups=groups(page.items, wanted, wish),
        all=known,
        whole=together({line.name: line.tally for line in known}),
        on=sum(line.is_on for line in known),
        customers=len({line.domain.customer for line in known}),
        boxes=sum(line.mailboxes or 0 for line in known),
        found_boxes=mailboxes(known, wish.q),
        choices={
            "by": {k: v for k, v in GROUPS.items() if is_admin or k != "reseller"},
            "sort": SORTS,
            "state": STATES,
        },
        marks=marks(parts().store, visitor().sight.domains, now_blocked()),
        plan_words=plan_words,
        problem=parts().directory.problem,
        days=DAYS,
    )


@bp.post("/switch")
@allow(ADMIN | RESELLERS)
def switch_all() -> Response:
    """Switch all domains of a customer on or off."""
    on = request.form.get("enabled") == "1"
    customer = request.form.get("customer", "")
    sight = visitor().sight
    theirs = [each for each in sight.domain_list() if each.customer == customer]
    if not theirs:
        raise NotFound
    names = [each.name.lower() for each in theirs if each.enabled]
    if not names:
        tell(gettext("Nothing was changed: %(why)s", why=plan_words(theirs[0])), "warn")
        return _back()
    switch_and_tell(names, on, customer or gettext("the server itself"))
    return _back()


def _lines() -> list[DomainLine]:
    """All that the visitor sees."""
    sight, now = visitor().sight, parts().clock()
    resolved = parts().desk(visitor().who).rules().resolved
    tallies = by_domain(parts().store, now - DAYS * DAY, now, sight.domains)
    return lines(sight.domain_list(), resolved, tallies)


def _back() -> Response:
    words: dict[str, str] = dict(Wish.of(request.form).words)
    if request.form.get("page", "").isdigit():
        words["page"] = request.form["page"]
    return back_to("customers.show", **words)
