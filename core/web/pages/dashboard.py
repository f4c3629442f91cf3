"""The first page: is it working, what happened today, what needs a decision.

Works without the daemon and without the store: each part says what it lacks, and the others stay.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.desk import blocks
from core.desk.desk import Desk
from core.desk.own_country import own_country
from core.errors import MailwardError, StoreError
from core.settings.account import normalise
from core.settings.model import Settings
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages import decisions_done
from core.web.pages.blocked_story import told
from core.web.pages.dashboard_day import chart, day, refusal_map
from core.web.pages.dashboard_glimpse import Glimpse, glimpses
from core.web.pages.dashboard_state import State, state
from core.web.pages.dashboard_suspects import Suspects, suspects
from core.web.pages.decisions import MARK, Decision, Known, decisions
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")

MOST_BLOCKED: Final = 10
MOST_COUNTRIES: Final = 6


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page. What takes a while is left to its script, or to a click without one."""
    return render_template("pages/dashboard.html", **_content(bool(request.args.get("look"))))


@bp.get("/live")
@allow(ADMIN)
def live() -> str:
    """The content alone, for the script that keeps it up to date."""
    return render_template("parts/dashboard.html", **_content(True))


def desk() -> Desk:
    """The visitor's desk, also while the store is away."""
    try:
        return parts().desk(visitor().who)
    except StoreError as error:
        here = parts()
        return Desk(here.config, here.panel, here.control, visitor().who, None, str(error))


def _content(look: bool) -> dict[str, Any]:
    """What the page shows.

    Args:
        look: whether to look anew at what takes a while.
    """
    here, now = desk(), parts().clock()
    seen = glimpses().look(here, now) if look else glimpses().last
    situation = parts().situation()
    how = state(here, situation.standing, situation.problems, seen.looked if seen else None, now)
    own = own_country(here, _server(here), how.picture.answer)
    known = _known(here, own, seen, how, now)
    shown, away = _wanted(decisions(known))
    return {
        "now": now,
        "state": how,
        "standing": situation.standing,
        "glimpse": seen,
        "is_fresh": glimpses().is_fresh(now),
        "decisions": shown,
        "put_away": away,
        **_day(here, own, now),
        **_blocked(here, how.picture.reachable),
        "suspects": _suspects(here, now, how.picture.reachable),
    }


def _server(here: Desk) -> Settings:
    try:
        return here.rules().resolved.server
    except StoreError:
        return Settings()


def _known(here: Desk, own: str, seen: Glimpse | None, how: State, now: float) -> Known:
    return Known(
        here,
        own,
        now,
        parts().situation().standing,
        how.picture.sources,
        seen.month if seen else (),
        seen.watched if seen else (),
    )


def _wanted(found: list[Decision]) -> tuple[list[Decision], int]:
    """Those that the visitor has not put away, and how many they have."""
    try:
        gone = frozenset(decisions_done.dismissed())
    except StoreError:
        gone = frozenset()
    shown = [each for each in found if each.mark not in gone]
    return shown, len(found) - len(shown)


def _day(here: Desk, own: str, now: float) -> dict[str, Any]:
    try:
        seen = day(here.store, now)
    except StoreError:
        return {"day": None, "is_new": False}
    is_new = not seen.sum.total and not here.store.events.last_id()
    return {
        "day": seen.sum,
        "is_new": is_new,
        "chart": chart(seen) if seen.sum.total else "",
        "map": refusal_map(seen, own) if seen.refused else "",
        "refused": sorted(seen.refused.items(), key=lambda item: -item[1])[:MOST_COUNTRIES],
    }


def _suspects(here: Desk, now: float, reachable: bool) -> Suspects | None:
    try:
        return suspects(here, now, reachable=reachable)
    except StoreError:
        return None


def _blocked(here: Desk, reachable: bool) -> dict[str, Any]:
    # A daemon that hangs is waited for once.
    try:
        found = blocks.standing(here) if reachable else blocks.on_record(here)
    except MailwardError as error:
        return {"blocked": (), "blocked_more": 0, "blocked_problem": said(error)}
    return {
        "blocked": [(each, told(each)) for each in found.blocked[:MOST_BLOCKED]],
        "blocked_more": max(0, len(found.blocked) - MOST_BLOCKED),
        "blocked_problem": "" if found.from_daemon else " ".join(map(said, found.notes)),
    }


@bp.post("/release")
@allow(ADMIN)
def release() -> Response:
    """Let a blocked account send again."""
    account = normalise(request.form.get("account", ""))
    if not account:
        raise BadRequest
    try:
        done = blocks.release(desk(), [account])
    except MailwardError as error:
        tell(said(error), "bad")
        return back_to("dashboard.show")
    if all(each.done for each in done.releases):
        tell(gettext("%(account)s may send again.", account=account))
    else:
        tell(gettext("%(account)s was not blocked any more.", account=account), "warn")
    for note in done.notes:
        tell(said(note), "warn")
    return back_to("dashboard.show")


@bp.post("/decide")
@allow(ADMIN)
def decide() -> Response:
    """Do what a decision offers."""
    here, now = desk(), parts().clock()
    own, seen = own_country(here, _server(here)), glimpses().look(here, now)
    known = Known(here, own, now, parts().situation().standing, (), seen.month, seen.watched)
    try:
        done = decisions_done.do(here, decisions(known), request.form.get("key", ""))
    except MailwardError as error:
        tell(said(error), "bad")
        return back_to("dashboard.show")
    tell(done.text, "good", done.audit)
    for note in done.notes:
        tell(said(note), "warn")
    return back_to("dashboard.show")


@bp.post("/dismiss")
@allow(ADMIN)
def dismiss() -> Response:
    """Put a decision away for this visitor, or show them all again."""
    mark = request.form.get("mark", "")
    if not mark:
        decisions_done.show_all()
    elif len(mark) == MARK and set(mark) <= set("0123456789abcdef"):
        decisions_done.put_away(mark)
    else:
        raise BadRequest
    return back_to("dashboard.show")
