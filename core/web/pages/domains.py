"""The visitor's domains, and the rules of each and of its mailboxes.

Administrators come here from the customers' page; the rules are the same for both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.desk.decision import refuser
from core.desk.shadow import Shadow, shadows
from core.licence.feature import Feature
from core.panel import MailDomain
from core.settings.account import domain_of
from core.settings.entry import CountryPass
from core.settings.fields import FIELDS
from core.settings.scope import Resolved, Scope
from core.store.audit import AuditFilter
from core.store.event_filter import EventFilter
from core.store.habits import HabitFilter
from core.web.access import EVERYBODY, allow
from core.web.features import is_on, plan_words
from core.web.home_country import home_country
from core.web.notices import back_to, tell
from core.web.pages import domains_chart, domains_mailboxes
from core.web.pages.blocked import now_blocked
from core.web.pages.countries_choice import Choice
from core.web.pages.customers_list import STATES, Wish, chosen
from core.web.pages.domains_line import lines
from core.web.pages.domains_rules import GROUPS, Weighed, sheet_of, weighed
from core.web.pages.domains_switch import switch_and_tell
from core.web.pages.domains_tally import DAY, Tally, by_country, by_domain
from core.web.pages.log_rows import lines_of
from core.web.pages.marks import marks
from core.web.paging import sheet
from core.web.parts import parts
from core.web.settings_form import SettingsForm
from core.web.settings_form_words import words
from core.web.visitor import visitor

bp = Blueprint("domains", __name__, url_prefix="/domains")

DAYS: Final = 30
TABS: Final = ("rules", "mailboxes", "statistics")
BACK: Final = ("overview.show", "domains.show", "customers.show", "domains.one")
"""Pages with a switch, to which it leads back."""


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """All domains."""
    here, now = visitor(), parts().clock()
    resolved = parts().desk(here.who).rules().resolved
    tallies = by_domain(parts().store, now - DAYS * DAY, now, here.sight.domains)
    known = lines(here.sight.domain_list(), resolved, tallies)
    wish = Wish.of({**request.args.to_dict(), "by": "none"})
    page = sheet(chosen(known, wish), request.args.get("page", ""))
    return render_template(
        "pages/domains.html",
        wish=wish,
        words={name: value for name, value in wish.words.items() if name != "by"},
        states=STATES,
        page=page,
        all=known,
        marks=marks(parts().store, here.sight.domains, now_blocked()),
        most=max((line.tally.logins + line.tally.refused for line in page.items), default=0),
        layers=domains_chart.layers(),
        values=domains_chart.values,
        plan_words=plan_words,
        problem=parts().directory.problem,
        days=DAYS,
    )


@bp.post("/-switch")
@allow(EVERYBODY)
def switch() -> Response:
    """Have the rules of one domain count, or not."""
    name = visitor().sight.domain(request.form.get("domain", ""))
    known = _known(name)
    if known.enabled:
        switch_and_tell([name], request.form.get("enabled") == "1", name)
    else:
        tell(gettext("Nothing was changed: %(why)s", why=plan_words(known)), "warn")
    back = request.form.get("back", "")
    endpoint = back if back in BACK else "domains.show"
    if endpoint == "overview.show" and visitor().sight.is_admin:
        endpoint = "domains.show"
    if endpoint == "domains.one":
        return back_to(endpoint, domain=name)
    kept = {k: request.form[k] for k in ("q", "by", "sort", "state", "page") if k in request.form}
    return back_to(endpoint, **kept)


@bp.get("/<domain>")
@allow(EVERYBODY)
def one(domain: str) -> str:
    """One domain."""
    name = visitor().sight.domain(domain)
    return _domain_page(name, sheet_of(Scope("domain", name)))


@bp.post("/<domain>")
@allow(EVERYBODY)
def save(domain: str) -> Response | tuple[str, int]:
    """Change the rules of a domain."""
    name = visitor().sight.domain(domain)
    form = sheet_of(Scope("domain", name), request.form)
    look = weighed(form, request.form)
    if look is None and form.save():
        return back_to("domains.one", domain=name)
    return _domain_page(name, form, look), 422 if form.problem else 200


@bp.get("/<domain>/<path:mailbox>")
@allow(EVERYBODY)
def mailbox(domain: str, mailbox: str) -> str:
    """One mailbox."""
    name = _mailbox(domain, mailbox)
    return _mailbox_page(name, sheet_of(Scope("mailbox", name)))


@bp.post("/<domain>/<path:mailbox>")
@allow(EVERYBODY)
def save_mailbox(domain: str, mailbox: str) -> Response | tuple[str, int]:
    """Change the rules of a mailbox."""
    name = _mailbox(domain, mailbox)
    form = sheet_of(Scope("mailbox", name), request.form)
    look = weighed(form, request.form)
    if look is None and form.save():
        return back_to("domains.mailbox", domain=domain_of(name), mailbox=name)
    return _mailbox_page(name, form, look), 422 if form.problem else 200


def _mailbox(domain: str, name: str) -> str:
    """The mailbox that an address names.

    Raises:
        NotFound: it is none, not of that domain, or not theirs.
    """
    found = visitor().sight.account(name)
    if domain_of(found) != visitor().sight.domain(domain):
        raise NotFound
    return found


def _known(name: str) -> MailDomain:
    """What the panel says of a domain; a name alone where it says nothing."""
    found = parts().directory.all().get(name)
    return found if found is not None else MailDomain(name, "", "", True)


def _domain_page(name: str, form: SettingsForm, look: Weighed | None = None) -> str:
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS and request.method == "GET" else TABS[0]
    now, store, known = parts().clock(), parts().store, _known(name)
    since, domains = now - DAYS * DAY, frozenset({name})
    (line,) = lines([known], form.rules, by_domain(store, since, now, domains))
    shown: dict[str, Any] = {}
    if tab == "mailboxes":
        q, own = request.args.get("q", "").strip(), request.args.get("own") == "1"
        page = request.args.get("page", "")
        boxes = domains_mailboxes.mailboxes(store, known, form.rules, q, own, page)
        shown = {"boxes": boxes, "q": q, "own": own}
    elif tab == "statistics":
        found = by_country(store, since, now, domains).items()
        countries = sorted(found, key=lambda each: -(each[1].logins + each[1].refused))
        shown = {
            "countries": [each for each in countries if each[1] != Tally()][:25],
            "chart": domains_chart.day_chart(store, now, DAYS, domains, f"*@{name}"),
        }
    return render_template(
        "pages/domain.html",
        tab=tab,
        here=url_for("domains.one", domain=name),
        line=line,
        marks=marks(store, domains, now_blocked()),
        plan_words=plan_words,
        days=DAYS,
        layers=domains_chart.layers(),
        values=domains_chart.values,
        **_rules_of(form, look),
        **shown,
    )


def _mailbox_page(name: str, form: SettingsForm, look: Weighed | None = None) -> str:
    now, store = parts().clock(), parts().store
    domain = domain_of(name)
    recent = EventFilter(account=name, domains=frozenset({domain}))
    habits = HabitFilter(
        since=now - DAYS * DAY,
        until=now,
        domains=frozenset({domain}),
        account=name,
        with_refused=True,
    )
    return render_template(
        "pages/mailbox.html",
        name=name,
        domain=domain,
        marks=marks(store, {domain}, now_blocked()),
        here=url_for("domains.mailbox", domain=domain, mailbox=name),
        days=DAYS,
        events=lines_of([e for e in store.events.find(recent, 20) if e.account == name])[:10],
        habits=[each for each in store.habits.find(habits, 12) if each.account == name],
        **_rules_of(form, look),
    )


def _rules_of(form: SettingsForm, look: Weighed | None) -> dict[str, Any]:
    """What both pages show of rules."""
    resolved, scope, own = form.rules, form.scope, home_country()
    exempt = resolved.overrides.get(scope, {}).get("exempt.addresses", ())
    shadowed: list[Shadow] = []
    if is_on(Feature.CONNECT):
        with _refuses(resolved, bool(exempt)) as refuses:
            shadowed = shadows(
                resolved, scope, server_country=own, refuses=refuses, now=parts().clock()
            )
    stored = (scope.level, scope.name)
    trail = parts().store.audit.find(AuditFilter(scopes=frozenset({stored})), 6)
    return {
        "sheet": form,
        "groups": GROUPS,
        "look": look,
        "server": resolved.server,
        "home": own,
        "counts": resolved.counts(scope),
        "shadowed": [each for each in shadowed if each.name not in form.fields],
        "passes": _passes(resolved, scope),
        "box_passes": sum(
            len(_passes(resolved, each))
            for each in resolved.overrides
            if each.level == "mailbox" and domain_of(each.name) == scope.name
        ),
        "exempt": exempt,
        "trail": trail,
        "words": words,
        "trail_title": _title,
        "server_choice": Choice.of(resolved.server.country),
    }


def _passes(resolved: Resolved, scope: Scope) -> list[CountryPass]:
    """The passes of a scope that are not over."""
    now = parts().clock()
    own: tuple[CountryPass, ...] = resolved.overrides.get(scope, {}).get("country.passes", ())
    return [each for each in own if each.expires > now]


def _refuses(
    resolved: Resolved, wanted: bool
) -> AbstractContextManager[Callable[[str], bool] | None]:
    """Tells of addresses whether the server refuses them; None where there is no data."""
    config = parts().config
    return refuser(config, resolved) if wanted and config.data.is_dir() else nullcontext()


def _title(name: str) -> str:
    """A setting's title; its name where another version knows it only."""
    known = FIELDS.get(name)
    return str(gettext(known.title)) if known else name
