"""What was decided: searched, followed, looked at closely, exported.

Customers see the events of their domains only. What was decided before anybody knew the account
belongs to no domain, so they do not see it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask_babel import gettext
from msgspec.structs import replace
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from core.desk import exemptions
from core.desk.change import in_words
from core.errors import ControlError, DaemonUnreachable, SettingError
from core.store.event_filter import StoredEvent
from core.web.access import EVERYBODY, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages import log_event, log_exempt, log_export, log_form
from core.web.pages.log_page import find_page
from core.web.pages.log_rows import clock, exact, line_of, lines_of, upper_first
from core.web.pages.log_search import Search, read
from core.web.pages.log_words import explanation
from core.web.parts import parts
from core.web.visitor import visitor
from core.web.wording import local

bp = Blueprint("log", __name__, url_prefix="/log")

LENGTHS = (50, 100, 200)
"""Events on a page."""

MOST_NEW = 50
"""Rows that following shows at a time."""

COUNTED_NEW = 500
"""Beyond this, following does not count what it leaves out."""

FOLLOW_SLACK = 300.0
"""Seconds by which an event may be written later than a younger one."""


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    store = parts().store
    search, length = _search(), _length()
    last = store.events.last_id()  # before the rows, so that following misses none
    page = find_page(store.events, search, length)
    return render_template(
        "pages/log.html",
        search=search,
        lines=lines_of(page.events, single=search.single),
        page=page,
        is_away=page.is_newest and not page.events and _is_daemon_away(),
        last=last,
        length=length,
        lengths=LENGTHS,
        choices=log_form.choices(search),
        quick=log_form.quick(search),
        tags=log_form.tags(search),
        unfolded=log_form.unfolds(search),
        most=log_export.MOST,
        **_tools(search),
    )


@bp.get("/new")
@allow(EVERYBODY)
def new() -> str:
    """What was written since the last look, for the script that follows."""
    store = parts().store
    search = _search()
    after = search.after or 0
    last = store.events.last_id()
    found: list[StoredEvent] = []
    if not search.faults and last > after:
        wanted = search.wanted
        since = _follow_since(after)
        if wanted.since is None or wanted.since < since:
            wanted = replace(wanted, since=since)
        found = store.events.find(wanted, COUNTED_NEW + MOST_NEW)
        found = [event for event in found if after < event.id <= last]
    return render_template(
        "pages/log_new.html",
        lines=lines_of(found[:MOST_NEW], single=True),
        left_out=max(0, len(found) - MOST_NEW),
        is_more=len(found) == COUNTED_NEW + MOST_NEW,
        last=max(last, after),
        search=search,
        **_tools(search),
    )


@bp.get("/<int:number>")
@allow(EVERYBODY)
def one(number: int) -> str:
    """One event with all its evidence."""
    event = log_event.event_of(parts().store, visitor().sight, number)
    return _event_page(event, {}, "")


@bp.post("/<int:number>/exempt")
@allow(EVERYBODY)
def exempt(number: int) -> BaseResponse | str:
    """Exempt what an event speaks of."""
    here = visitor()
    event = log_event.event_of(parts().store, here.sight, number)
    offered = log_exempt.choices(event, here.sight)
    chosen = next((c for c in offered if c.key == request.form.get("what")), None)
    if chosen is None:
        raise NotFound
    desk = parts().desk(here.who)
    try:
        entry = log_exempt.entry_of(chosen, request.form, parts().clock())
        outcome = exemptions.add(desk, chosen.place, [entry], gettext("from the log"))
    except SettingError as error:
        return _event_page(event, request.form, said(error))
    if outcome.told is None:
        tell(gettext("%(what)s is exempt already.", what=chosen.title))
    else:
        tell(gettext("Exempt now: %(what)s.", what=chosen.title), undo=outcome.told.audit)
        for line in outcome.told.lines:
            tell(line, "warn")
        if not desk.rules().resolved.counts(chosen.place.scope):
            where = in_words(chosen.place.scope)
            tell(gettext("It does not count: the rules of %(where)s are off.", where=where), "warn")
    return back_to("log.one", number=number)


@bp.post("/length")
@allow(EVERYBODY)
def keep_length() -> BaseResponse:
    """Keep how long the visitor likes a page."""
    chosen = request.form.get("length", "")
    viewer = visitor().viewer
    if chosen in map(str, LENGTHS):
        parts().store.preferences.set(viewer.role, viewer.login, {"page_length": chosen})
    search = read(request.form, visitor().sight.domains, parts().clock())
    return back_to("log.show", **search.arguments)


@bp.get("/export.csv")
@allow(EVERYBODY)
def export_csv() -> Response:
    """The search for spreadsheets."""
    return _file(log_export.as_csv(_harvest()), "csv", "text/csv; charset=utf-8")


@bp.get("/export.json")
@allow(EVERYBODY)
def export_json() -> Response:
    """The search for programs."""
    return _file(log_export.as_json(_harvest()), "json", "application/json")


def _search() -> Search:
    return read(request.args, visitor().sight.domains, parts().clock())


def _is_daemon_away() -> bool:
    """Whether nothing can come, because nobody decides."""
    try:
        parts().control.call("status")
    except DaemonUnreachable:
        return True
    except ControlError:
        return False
    return False


def _length() -> int:
    viewer = visitor().viewer
    chosen = parts().store.preferences.get(viewer.role, viewer.login).get("page_length", "")
    return int(chosen) if chosen in map(str, LENGTHS) else LENGTHS[0]


def _tools(search: Search) -> dict[str, Any]:
    """What the rows need beside their lines."""

    def search_for(**fields: Any) -> str:
        return log_form.address_of({**search.only_period, **fields})

    return {
        "search_for": search_for,
        "clock": clock,
        "exact": exact,
        "upper_first": upper_first,
        "now": parts().clock(),
    }


def _follow_since(after: int) -> float:
    """From when on what was written after an event can be, so that following stays cheap."""
    written = parts().store.events.follow(after - 1, limit=1) if after else []
    return (written[0].at if written else parts().clock()) - FOLLOW_SLACK


def _event_page(event: StoredEvent, form: Any, fault: str) -> str:
    here, store = visitor(), parts().store
    search = _search()
    part = request.args.get("part") == "1"
    return render_template(
        "pages/log_part.html" if part else "pages/log_event.html",
        line=line_of(event),
        event=event,
        explanation=explanation(event),
        session=log_event.session_of(store, here.sight, event),
        read=log_event.read_text(parts().desk(here.who), event),
        choices=log_exempt.choices(event, here.sight),
        ends=log_exempt.ENDS,
        form_said=form,
        fault=fault,
        search=search,
        **_tools(search),
    )


def _harvest() -> log_export.Harvest:
    search = _search()
    if search.faults:
        raise NotFound
    return log_export.Harvest(parts().store.events, search.wanted)


def _file(pieces: Any, ending: str, kind: str) -> Response:
    day = local(parts().clock()).date().isoformat()
    answer = Response(stream_with_context(pieces), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="mailward-log-{day}.{ending}"'
    return answer
