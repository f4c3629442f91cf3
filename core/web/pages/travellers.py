"""Traveller passes: this mailbox, this country or address, until a date."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.desk import exemptions
from core.desk.entry import PASSES, Entry, Place
from core.desk.exemptions import Outcome
from core.errors import SettingError
from core.licence.feature import Feature
from core.net.countries import CODES
from core.settings.scope import SERVER_SCOPE, Resolved
from core.web.access import ADMIN, EVERYBODY, allow
from core.web.features import is_on, why_locked, why_off
from core.web.home_country import home_country
from core.web.notices import back_to, tell
from core.web.pages.travellers_form import DAY, ENDS, MOST_DAYS, PassForm, Wanted
from core.web.pages.travellers_lately import refusals
from core.web.pages.travellers_list import KINDS, TravelPass, closed, passes
from core.web.paging import sheet
from core.web.parts import parts
from core.web.settings_form_words import place as place_words
from core.web.visitor import visitor
from core.web.wording import country, moment

bp = Blueprint("travellers", __name__, url_prefix="/travellers")

LINES: Final = 25
"""Passes on a page."""

EXTENSIONS: Final = ("3", "7", "14", "30")
"""Days by which a pass is made longer."""


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return _page(PassForm(visitor().sight, request.args, parts().clock()))


@bp.post("")
@allow(EVERYBODY)
def issue() -> Response | tuple[str, int]:
    """A new pass."""
    off = why_off(Feature.TRAVELLER_PASS)
    form = PassForm(visitor().sight, request.form, parts().clock())
    wanted = None if off else form.read()
    off = off or (why_locked(wanted.place.scope) if wanted is not None else "")
    if wanted is None or off:
        if off:
            tell(off, "bad")
        return _page(form), 422
    desk = parts().desk(visitor().who)
    why = gettext("traveller pass")
    outcomes = [exemptions.add(desk, wanted.place, [wanted.entry], why)]
    if wanted.at_server and not _lasts(wanted):
        server = Place(wanted.place.name, SERVER_SCOPE)
        outcomes.append(exemptions.add(desk, server, [wanted.entry], why))
    said = gettext(
        "%(who)s: %(where)s is open until %(end)s.",
        who=place_words(wanted.place.scope),
        where=_where(wanted.place, wanted.entry.entry),
        end=moment(wanted.entry.expires),
    )
    _tell(said, outcomes)
    _warn(wanted, desk.rules().resolved)
    return back_to("travellers.show")


@bp.post("/end")
@allow(EVERYBODY)
def end() -> Response:
    """End a pass now."""
    place, entry = _named()
    desk = parts().desk(visitor().who)
    try:
        outcome = exemptions.remove(desk, place, [entry])
    except SettingError:
        tell(gettext("That pass is gone already."), "warn")
        return back_to("travellers.show")
    said = gettext(
        "%(who)s: %(where)s is closed again.",
        who=place_words(place.scope),
        where=_where(place, entry),
    )
    _tell(said, [outcome])
    return back_to("travellers.show")


@bp.post("/open")
@allow(ADMIN)
def open_at_server() -> Response:
    """Open the country of a pass at the server, too, as long as the pass lasts."""
    place, name = _named()
    desk = parts().desk(visitor().who)
    present = next((e for e in exemptions.entries(desk, place) if e.entry == name), None)
    if present is None or place.name != PASSES:
        tell(gettext("That pass is gone already."), "warn")
        return back_to("travellers.show")
    server = Place(PASSES, SERVER_SCOPE)
    outcome = exemptions.add(desk, server, [present], gettext("traveller pass"))
    said = gettext(
        "%(where)s is open at the server until %(end)s.",
        where=_where(place, name),
        end=moment(present.expires),
    )
    _tell(said, [outcome])
    return back_to("travellers.show")


@bp.post("/extend")
@allow(EVERYBODY)
def extend() -> Response:
    """Make a pass longer; one that is over begins anew."""
    place, name = _named()
    days = request.form.get("days", "")
    if days not in EXTENSIONS:
        raise BadRequest
    if off := why_off(Feature.TRAVELLER_PASS) or why_locked(place.scope):
        tell(off, "bad")
        return back_to("travellers.show")
    desk, now = parts().desk(visitor().who), parts().clock()
    present = next((e for e in exemptions.entries(desk, place) if e.entry == name), None)
    if present is None:
        tell(gettext("That pass is gone already."), "warn")
        return back_to("travellers.show")
    expires = max(present.expires, now) + int(days) * DAY
    if expires > now + MOST_DAYS * DAY:
        tell(gettext("A pass lasts a year at most. Nothing was changed."), "bad")
        return back_to("travellers.show")
    new = Entry(present.entry, present.comment, expires)
    outcome = exemptions.edit(desk, place, name, new)
    said = gettext(
        "%(who)s: %(where)s is open until %(end)s.",
        who=place_words(place.scope),
        where=_where(place, name),
        end=moment(expires),
    )
    _tell(said, [outcome])
    return back_to("travellers.show")


@bp.post("/purge")
@allow(EVERYBODY)
def purge() -> Response:
    """Take the passes off the list that are over."""
    desk = parts().desk(visitor().who)
    over = {each.place for each in _passes(desk.rules().resolved) if each.is_over}
    outcome = exemptions.purge(desk, over) if over else Outcome()
    if not outcome.changes:
        tell(gettext("No pass is over."))
    else:
        _tell(gettext("The passes that are over are gone."), [outcome])
    return back_to("travellers.show")


def _page(form: PassForm) -> str:
    desk, now = parts().desk(visitor().who), parts().clock()
    resolved = desk.rules().resolved
    asked = request.args.get("q", "").strip().lower()
    known = _passes(resolved)
    fitting = [each for each in known if _fits(each, asked)]
    account = form.fields["account"] if "@" in form.fields["account"] else ""
    return render_template(
        "pages/travellers.html",
        form_=form,
        ends=ENDS,
        countries=sorted(((code, country(code)) for code in CODES), key=lambda each: each[1]),
        off=why_off(Feature.TRAVELLER_PASS),
        page=sheet(fitting, request.args.get("page", ""), LINES),
        total=len(known),
        over=sum(each.is_over for each in known),
        asked=asked,
        now=now,
        extensions=EXTENSIONS,
        where=_where,
        place_words=place_words,
        refusals=refusals(parts().store, visitor().sight, account, now),
        offered=_offered(),
        is_closed=closed(resolved, now, home_country()) if is_on(Feature.CONNECT) else (),
    )


def _passes(resolved: Resolved) -> list[TravelPass]:
    here = parts()
    return passes(
        visitor().sight,
        resolved,
        here.clock(),
        home_country(),
        here.config,
        connects=is_on(Feature.CONNECT),
    )


def _fits(each: TravelPass, asked: str) -> bool:
    words = (each.place.scope.name, _where(each.place, each.entry.entry), each.entry.comment)
    return any(asked in word.lower() for word in words)


def _offered() -> list[str]:
    """Names for the field: mailboxes where they are few, else domains."""
    domains = visitor().sight.domain_list()
    boxes = [box for each in domains for box in each.mailboxes]
    names = [each.name for each in domains]
    return [*boxes, *names] if len(boxes) <= 300 else names[:500]


def _named() -> tuple[Place, str]:
    """The pass that a form names.

    Raises:
        BadRequest: there can be no such list.
        NotFound, Forbidden: it is not the visitor's.
    """
    name = request.form.get("name", "")
    if name not in KINDS:
        raise BadRequest
    scope = visitor().sight.scope(request.form.get("level", ""), request.form.get("scope", ""))
    return Place(name, scope), request.form.get("entry", "")


def _where(place: Place, entry: str) -> str:
    """A country's name, or the address."""
    return country(entry) if place.name == PASSES and entry in CODES else entry


def _lasts(wanted: Wanted) -> bool:
    """Whether the server has a pass for that country already that is no shorter."""
    desk = parts().desk(visitor().who)
    server = exemptions.entries(desk, Place(wanted.place.name, SERVER_SCOPE))
    return any(
        each.entry == wanted.entry.entry and each.expires >= wanted.entry.expires for each in server
    )


def _tell(said: str, outcomes: list[Outcome]) -> None:
    told = [each.told for each in outcomes if each.told is not None]
    if not told:
        tell(gettext("Everything already was so."))
        return
    tell(said, undo=tuple(number for each in told for number in each.audit))
    for line in told[-1].lines:
        tell(line, "warn")


def _warn(wanted: Wanted, resolved: Resolved) -> None:
    """What stands against a new pass."""
    scope = wanted.place.scope
    if scope.level == "mailbox" and not parts().directory.may_have(scope.name):
        tell(
            gettext(
                "The panel knows no mailbox %(name)s. The pass counts as soon as there is one.",
                name=scope.name,
            ),
            "warn",
        )
    found: dict[Any, TravelPass] = {
        (each.place, each.entry.entry): each for each in _passes(resolved)
    }
    made = found.get((wanted.place, wanted.entry.entry))
    if made is None:
        return
    if not made.counts:
        tell(gettext("It does not count: the domain's own rules are switched off."), "warn")
    elif made.is_overridden and visitor().sight.is_admin:
        tell(
            gettext("The server refuses it before the password: it has to be opened there."), "warn"
        )
    elif made.is_overridden:
        tell(
            gettext(
                "The server refuses it before the password, so it does not help yet. The "
                "administrator sees it on their dashboard."
            ),
            "warn",
        )
