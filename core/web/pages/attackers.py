"""Attackers: who is refused because he guessed passwords here, at whom he aimed, the way out."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import attackers
from core.desk.attackers import Attackers, Suspect
from core.desk.desk import Desk
from core.errors import ControlError, MailwardError
from core.settings.scope import SERVER_SCOPE
from core.store.attacker import Attacker
from core.store.rankings import Rank, RankingFilter
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages import attackers_lists
from core.web.paging import sheet
from core.web.parts import parts
from core.web.settings_form import SettingsForm, names_of
from core.web.visitor import visitor
from core.words import Reason

bp = Blueprint("attackers", __name__, url_prefix="/attackers")

DAY: Final = 86_400
DAYS: Final = 30
"""Days of the history."""

MOST: Final = 2000
"""Attackers that are shown; more are counted."""

TOP: Final = 20
"""Lines of a ranking."""

RULES: Final = ("attack", "ban")
"""Groups of settings that have their place here."""

TRIED: Final = frozenset({Reason.LOGIN_FAILED, Reason.ATTACKER_SEEN, Reason.NETWORK_ATTACKER})
"""What counts as an attempt."""


class Past(Struct, frozen=True):
    """One line of the history; `ending` is ``released``, ``ran out`` or ``stands``."""

    seen: Attacker
    ending: str


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """Who stands now; and what is known of one address, when one is asked for."""
    asked = request.args.get("address", request.args.get("q", "")).strip()
    found = _standing()
    suspect, problem = _suspect(asked)
    listed = [each for each in found.attackers if not asked or asked in each.place]
    return _page(
        "show",
        found=found,
        listed=sheet(listed, request.args.get("page", "")),
        refused=sum(each.mode == "refuse" for each in found.attackers),
        asked=asked,
        suspect=suspect,
        problem=problem,
        mode=_desk().rules().resolved.server.attack.mode,
    )


@bp.post("/release")
@allow(ADMIN)
def release() -> Response:
    """Let somebody pass, now."""
    place = request.form.get("place", "").strip()[:64]
    why = request.form.get("why", "").strip()[:200]
    try:
        done = attackers.release(_desk(), place, why)
    except (ControlError, MailwardError) as error:
        tell(gettext("Not let pass: %(why)s", why=said(error)), "bad")
        return back_to("attackers.show")
    if done.released:
        tell(gettext("%(place)s may try again; what it did is forgotten.", place=done.place))
    else:
        tell(gettext("%(place)s was not refused.", place=done.place), "warn")
    for around in done.around:
        tell(gettext("%(place)s, which it lies in, is still refused.", place=around), "warn")
    for note in done.notes:
        tell(said(note), "warn")
    return back_to("attackers.show")


@bp.get("/targets")
@allow(ADMIN)
def targets() -> str:
    """Who tried most, from where, and at whom he aimed."""
    now = parts().clock()
    days = 1 if request.args.get("days") == "1" else 7
    wanted = RankingFilter(since=now - days * DAY, until=now, reasons=TRIED)
    top = parts().store.rankings.top
    rankings: dict[str, list[Rank]] = {
        "address": top("address", wanted, TOP),
        "account": top("account", wanted, TOP),
        "asn": top("asn", wanted, TOP),
        "country": top("country", wanted, TOP),
    }
    return _page("targets", rankings=rankings, days=days)


@bp.get("/history")
@allow(ADMIN)
def history() -> str:
    """Who was refused in the last month, and how it ended."""
    now = parts().clock()
    found = attackers.history(_desk(), now - DAYS * DAY, MOST)
    lines = [Past(each, attackers.ending(each, now)) for each in found]
    shown = sheet(lines, request.args.get("page", ""))
    return _page("history", listed=shown, days=DAYS)


@bp.get("/rules")
@allow(ADMIN)
def rules() -> str:
    """When somebody is an attacker, and what then happens."""
    return _rules_page(SettingsForm(SERVER_SCOPE, names_of(*RULES)))


@bp.post("/rules")
@allow(ADMIN)
def save_rules() -> Response | tuple[str, int]:
    """Set what was changed."""
    form = SettingsForm(SERVER_SCOPE, names_of(*RULES), request.form)
    return back_to("attackers.rules") if form.save() else (_rules_page(form), 422)


def _rules_page(form: SettingsForm) -> str:
    return _page("rules", sheet=form, judging=names_of("attack"), banning=names_of("ban"))


def _page(name: str, **values: Any) -> str:
    return render_template(f"pages/attackers_{name}.html", here=name, **values)


def _desk() -> Desk:
    return parts().desk(visitor().who)


def _standing() -> Attackers:
    """Who stands, by whoever can say; a daemon that refuses to say leaves nobody to show."""
    try:
        return attackers.standing(_desk(), MOST)
    except ControlError as error:
        return Attackers((), 0, False, (str(error),))


def _suspect(asked: str) -> tuple[Suspect | None, str]:
    """What is known of an address, and what was wrong with the question."""
    if not asked or "/" in asked or not any(sign in asked for sign in ".:"):
        return None, ""
    try:
        return attackers.show(_desk(), asked), ""
    except MailwardError as error:
        return None, said(error)


bp.get("/lists", endpoint="lists")(attackers_lists.show)
bp.post("/lists", endpoint="save_lists")(attackers_lists.save)
bp.post("/lists/switch", endpoint="switch_list")(attackers_lists.switch)
