"""What a reseller or customer sees first: counters, a chart, what stands, what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext
from msgspec import Struct

from core.licence.feature import Feature
from core.panel import Role
from core.settings.account import domain_of
from core.store.event_filter import EventFilter
from core.web.access import CUSTOMERS, allow
from core.web.features import is_on, plan_words
from core.web.home_country import home_country
from core.web.pages import overview_attention as attention
from core.web.pages.blocked import now_blocked
from core.web.pages.blocked_story import told
from core.web.pages.domains_chart import day_chart, first_day
from core.web.pages.domains_line import DomainLine, lines
from core.web.pages.domains_tally import Tally, by_domain, together
from core.web.pages.log_rows import lines_of
from core.web.pages.marks import marks
from core.web.pages.travellers_list import passes
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("overview", __name__, url_prefix="/overview")

PERIODS: Final = {"7": lazy_gettext("7 days"), "30": lazy_gettext("30 days")}

MOST_DOMAINS: Final = 10
MOST_CUSTOMERS: Final = 15
MOST_BLOCKED: Final = 6
MOST_REFUSALS: Final = 6
"""Lines of each part; a link leads to all."""


class CustomerLine(Struct):
    """One customer of a reseller.

    Attributes:
        name: of the customer.
        domains: how many.
        on: how many of them are switched on.
        tally: what happened in the period.
        blocked: mailboxes that may not send now.
    """

    name: str
    domains: int
    on: int
    tally: Tally
    blocked: int


@bp.get("")
@allow(CUSTOMERS)
def show() -> str:
    """The page."""
    here, store, now = visitor(), parts().store, parts().clock()
    days = request.args.get("days", "")
    days = days if days in PERIODS else "7"
    domains = here.sight.domain_list()
    names = frozenset(each.name.lower() for each in domains)
    resolved = parts().desk(here.who).rules().resolved
    tallies = by_domain(store, first_day(now, int(days)).timestamp(), now, names)
    known = lines(domains, resolved, tallies)
    blocked = now_blocked()
    connects = is_on(Feature.CONNECT)
    travels = passes(here.sight, resolved, now, home_country(), parts().config, connects=connects)
    refused = EventFilter(domains=names, verdicts=attention.REFUSALS)
    is_reseller = here.viewer.role is Role.RESELLER
    seen = marks(store, names, blocked)
    held = [domain_of(each.account) for each in blocked.blocked]
    return render_template(
        "pages/overview.html",
        days=days,
        periods=PERIODS,
        total=together(tallies),
        lines=sorted(known, key=lambda line: -line.tally.logins)[:MOST_DOMAINS],
        all=len(known),
        on=sum(line.is_on for line in known),
        chart=day_chart(store, now, int(days), names) if names else "",
        standing=blocked,
        blocked=[(each, told(each)) for each in blocked.blocked[:MOST_BLOCKED]],
        concerns=[
            *attention.of_suspects(seen),
            *attention.of_passes(travels, now),
            *attention.of_refusals(store, domains, names, now),
        ],
        refusals=lines_of(store.events.find(refused, 60))[:MOST_REFUSALS] if names else [],
        customers=_customers(known, held) if is_reseller else [],
        most_customers=MOST_CUSTOMERS,
        marks=seen,
        plan_words=plan_words,
        problem=parts().directory.problem,
        now=now,
    )


def _customers(known: Sequence[DomainLine], blocked: Sequence[str]) -> list[CustomerLine]:
    """A reseller's customers, the busiest first.

    Args:
        known: the domains.
        blocked: the domain of each blocked mailbox.
    """
    found: dict[str, CustomerLine] = {}
    for line in known:
        name = line.domain.customer
        each = found.setdefault(name, CustomerLine(name, 0, 0, Tally(), 0))
        each.domains += 1
        each.on += line.is_on
        each.tally.add_all(line.tally)
        each.blocked += blocked.count(line.name)
    return sorted(found.values(), key=lambda each: (-each.blocked, -each.tally.logins, each.name))
