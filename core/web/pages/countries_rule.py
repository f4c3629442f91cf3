"""Chooses the countries of the server's rule: tick, look at what it would have meant, save.

Nothing is kept between the steps: the forms carry the choice, and a mark of the rule that it was
made against, so that nobody overwrites what somebody else has changed meanwhile.
"""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import change
from core.desk import preview as foresight
from core.desk.change import Difference
from core.desk.desk import Desk
from core.desk.preview import Preview
from core.errors import MailwardError, StoreChanged
from core.licence.feature import Feature
from core.net.countries import CODES
from core.settings.scope import SERVER_SCOPE, Resolved
from core.web import wording
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.features import is_on
from core.web.home_country import home_country
from core.web.notices import back_to, tell
from core.web.pages import countries_spare
from core.web.pages.countries_choice import Choice, chosen, where_people_are
from core.web.pages.countries_counts import CountryCounts, counts
from core.web.parts import parts
from core.web.visitor import visitor

DAYS: Final = foresight.DAYS
DAY: Final = 86_400

LEAST: Final = 10
"""Logins in the period that are proposed as the least for a country where people are."""

ROWS: Final = 50
"""Accounts on one page of the preview."""

COUNTRIES: Final = 50
"""Countries that a preview shows before somebody asks for all."""


class Ground(Struct):
    """What every step stands on.

    Attributes:
        desk: the visitor's.
        rules: all settings in force.
        present: the rule in force.
        own: the server's own country, "" when unknown.
        now: seconds since 1970.
    """

    desk: Desk
    rules: Resolved
    present: Choice
    own: str
    now: float


def _ground() -> Ground:
    desk = parts().desk(visitor().who)
    rules = desk.rules().resolved
    present, own = Choice.of(rules.server.country), home_country()
    return Ground(desk, rules, present, own, parts().clock())


@allow(ADMIN)
def choose() -> str:
    """The list to tick; sent as a form, it shows the choice that the form carries."""
    on = _ground()
    found = counts(on.desk.store, on.now - DAYS * DAY, on.now)
    least = _least()
    if request.method == "POST":
        choice, mark = chosen(request.form), request.form.get("mark", "")
    else:
        choice, mark = _proposed(on, found, least), on.present.mark
    came = sorted(
        (c for c in found if c.code in CODES), key=lambda c: (-c.logins, -c.refused - c.failed)
    )
    seen = {each.code for each in came}
    others = sorted(CODES - seen, key=lambda code: wording.country(code).casefold())
    if on.own and on.own not in seen:
        came.insert(0, CountryCounts(on.own))
        others.remove(on.own)
    return render_template(
        "pages/countries_choose.html",
        choice=choice,
        present=on.present,
        mark=mark,
        own=on.own,
        came=came,
        others=others,
        days=DAYS,
        logins=sum(c.logins for c in found),
        least=least,
        modes=("off", "allow", "refuse"),
    )


def _least() -> int:
    text = request.args.get("take", "")
    return min(int(text), 10**9) if text.isascii() and text.isdecimal() else LEAST


def _proposed(on: Ground, found: list[CountryCounts], least: int) -> Choice:
    """The rule in force, or what the address proposes instead."""
    if request.args.get("take"):
        taken = where_people_are(found, least)
        if not taken:
            tell(gettext("No country has as many logins; nothing was ticked."), "warn")
            return on.present
        return Choice("allow", taken, on.present.watch)
    for wish, changed in (("refuse", on.present.refusing), ("allow", on.present.allowing)):
        code = request.args.get(wish, "").upper()
        if code == on.own and code and wish == "refuse":
            said = gettext(
                "%(country)s is the server's own country, which is never refused.",
                country=wording.country(code),
            )
            tell(said, "warn")
        elif code in CODES:
            return changed(code)
        elif code:
            tell(gettext("“%(code)s” is no country.", code=code[:20]), "warn")
    return on.present


@allow(ADMIN)
def preview() -> str | Response | tuple[str, int]:
    """What the choice would have meant; nothing is changed but an exemption asked for here."""
    if request.method != "POST":  # somebody loads the page anew, and its form is gone
        return redirect(url_for("countries.choose"))
    spared = request.form.getlist("spared")
    if wish := request.form.get("spare", ""):
        try:
            told, addresses = countries_spare.spare(parts().desk(visitor().who), wish)
        except MailwardError as error:
            tell(said(error), "bad")
        else:
            tell(told)
            spared += [addresses] if addresses else []
    on = _ground()
    choice = chosen(request.form).settled(on.own)
    if request.form.get("mark") != on.present.mark:
        return _conflict(on, choice, spared)
    return _previewed(on, choice, spared)


@allow(ADMIN)
def save() -> str | Response | tuple[str, int]:
    """Make the choice the server's rule."""
    on = _ground()
    choice = chosen(request.form).settled(on.own)
    if request.form.get("mark") != on.present.mark:
        return _conflict(on, choice, request.form.getlist("spared"))
    changes = _changes(on, choice)
    if not changes:
        tell(gettext("The rule was like that already; nothing was changed."))
        return back_to("countries.show")
    try:
        told = change.commit(on.desk, changes, "countries page")
    except StoreChanged:
        return _conflict(_ground(), choice, request.form.getlist("spared"))
    tell(_saved(choice), "good", told.audit)
    for line in told.lines:
        tell(line, "warn")
    return back_to("countries.show")


def _saved(choice: Choice) -> str:
    if choice.mode == "off":
        return str(gettext("Saved: no country is refused."))
    if choice.watch:
        return str(gettext("Saved, watch only: nobody is refused, the log says who would be."))
    return str(gettext("Saved: the rule counts from now on."))


def _changes(on: Ground, choice: Choice) -> list[Difference]:
    """What saving would change; what is so already, by default too, is left as it is."""
    now = on.present.wanted()
    wanted = {name: value for name, value in choice.wanted().items() if value != now[name]}
    return change.preview(on.desk, {SERVER_SCOPE: wanted})


def _conflict(on: Ground, choice: Choice, spared: list[str]) -> tuple[str, int]:
    tell(
        gettext(
            "Somebody else has changed the country rule meanwhile. Nothing was saved and your "
            "choice is kept: this preview compares it with the rule as it is now."
        ),
        "warn",
    )
    return _previewed(on, choice, spared), 409


def _previewed(on: Ground, choice: Choice, spared: list[str]) -> str:
    wanted: dict[str, Any] = {
        "country.mode": choice.mode,
        "country.list": tuple(sorted(choice.countries)),
        "country.watch": False,  # what would only be noted is what people want to know, too
    }
    seen = foresight.preview(
        on.desk.store, on.rules, SERVER_SCOPE, wanted, on.now, server_country=on.own
    )
    page, pages = _page(seen)
    return render_template(
        "pages/countries_preview.html",
        choice=choice,
        present=on.present,
        mark=on.present.mark,
        own=on.own,
        added=choice.countries - on.present.countries,
        gone=on.present.countries - choice.countries,
        is_new=bool(_changes(on, choice)),
        seen=seen,
        countries_seen=seen.countries if request.form.get("all") else seen.countries[:COUNTRIES],
        rows=seen.accounts[(page - 1) * ROWS : page * ROWS],
        page=page,
        pages=pages,
        spared=spared,
        has_passes=is_on(Feature.TRAVELLER_PASS),
        pass_days=countries_spare.PASS_DAYS,
        connect=on.rules.server.connect.enabled,
    )


def _page(seen: Preview) -> tuple[int, int]:
    """The page of accounts that is asked for, and how many there are."""
    pages = max(1, -(-len(seen.accounts) // ROWS))
    text = request.form.get("page", "")
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return max(1, min(wanted, pages)), pages
