"""Who is not checked: addresses, networks, accounts and senders of every scope that one sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as Answer

from core.desk import exemptions
from core.desk.desk import Desk
from core.desk.entry import Place
from core.desk.exemptions import Outcome
from core.errors import SettingError
from core.settings.scope import SERVER_SCOPE
from core.web.access import EVERYBODY, allow
from core.web.complaints import said
from core.web.features import why_locked
from core.web.notices import back_to, tell
from core.web.pages import exemptions_end, exemptions_form, exemptions_place
from core.web.pages.exemptions_answer import answer
from core.web.pages.exemptions_file import Import, export, imported, looked_at
from core.web.pages.exemptions_form import EntryForm
from core.web.pages.exemptions_list import STATES, Listing, Row, Wish, listing
from core.web.pages.exemptions_place import Key, key_of, list_named, lists_of, place
from core.web.pages.exemptions_shadow import shadowed
from core.web.paging import sheet
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("exemptions", __name__, url_prefix="/exemptions")

LINES = 50
"""Entries on a page."""

Given = tuple[str, int]


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return _page(exemptions_form.asked(visitor().sight, request.args))


@bp.post("")
@allow(EVERYBODY)
def add() -> Answer | Given:
    """Exempt something."""
    sight, form = visitor().sight, exemptions_form.sent(request.form)
    where = exemptions_form.place_of(sight, form)
    entry = exemptions_form.meant(form, where, parts().clock())
    if where is not None and not form.faults:
        form.faults.update(_locked(where))
    if where is None or entry is None or form.faults:
        return _page(form), 422
    try:
        outcome = exemptions.add(_desk(), where, [entry])
    except SettingError as error:
        form.faults["entry"] = said(error)
        return _page(form), 422
    if outcome.told is None:
        tell(gettext("%(entry)s is exempt already.", entry=entry.entry))
    else:
        _tell(gettext("Exempt now: %(entry)s.", entry=entry.entry), [outcome])
        _warn(Row(where, entry, is_over=False, is_soon=False))
    return back_to("exemptions.show", list=form.list)


@bp.get("/entry")
@allow(EVERYBODY)
def entry() -> str:
    """One entry, to be changed."""
    key, where = _keyed(request.args.get("key", ""))
    found = next((e for e in exemptions.entries(_desk(), where) if e.entry == key.entry), None)
    if found is None:
        tell(gettext("%(entry)s is not in the list any more.", entry=key.entry), "warn")
        return _page(EntryForm(key.list))
    return _entry_page(key, where, exemptions_form.shown(where, found))


@bp.post("/entry")
@allow(EVERYBODY)
def edit() -> Answer | Given:
    """Change one entry."""
    key, where = _keyed(request.form.get("key", ""))
    form = exemptions_form.sent(request.form)
    desk = _desk()
    old = next((e for e in exemptions.entries(desk, where) if e.entry == key.entry), None)
    wanted = exemptions_form.meant(form, where, parts().clock(), old.expires if old else 0)
    if wanted is None:
        return _entry_page(key, where, form), 422
    try:
        outcome = exemptions.edit(desk, where, key.entry, wanted)
    except SettingError as error:
        form.faults["entry"] = said(str(error).removeprefix(f"{where.name}: "))
        return _entry_page(key, where, form), 422
    _tell(gettext("Changed: %(entry)s.", entry=wanted.entry), [outcome])
    return back_to("exemptions.show", list=key.list)


@bp.post("/change")
@allow(EVERYBODY)
def change() -> Answer:
    """Remove one or several entries, or give them another end."""
    only = request.form.get("only", "")
    keys = [_keyed(text) for text in ([only] if only else request.form.getlist("pick"))]
    name = list_named(visitor().sight, request.form.get("list", ""))
    if not keys:
        tell(gettext("Choose entries first."), "warn")
        return back_to("exemptions.show", list=name)
    chosen: dict[Place, list[str]] = {}
    for key, where in keys:
        chosen.setdefault(where, []).append(key.entry)
    if only or request.form.get("do") == "remove":
        text = ngettext("%(num)s entry removed.", "%(num)s entries removed.", len(keys))
        _change_all(chosen, text, exemptions.remove)
        return back_to("exemptions.show", list=name)
    try:
        end = exemptions_end.read(
            request.form.get("ends", ""), request.form.get("day", ""), parts().clock()
        )
    except SettingError as error:
        tell(said(error), "bad")
        return back_to("exemptions.show", list=name)
    text = ngettext(
        "%(num)s entry has another end.", "%(num)s entries have another end.", len(keys)
    )
    _change_all(chosen, text, lambda desk, where, gone: exemptions.set_end(desk, where, gone, end))
    return back_to("exemptions.show", list=name)


@bp.post("/purge")
@allow(EVERYBODY)
def purge() -> Answer:
    """Remove what has expired."""
    sight, desk = visitor().sight, _desk()
    places = {
        each.place
        for each in exemptions.listed(desk)
        if each.place.name.removeprefix("exempt.") in lists_of(sight)
        and exemptions_place.sees(sight, each.place.scope)
    }
    outcome = exemptions.purge(desk, places)
    if outcome.told is None:
        tell(gettext("Nothing has expired."))
    else:
        _tell(gettext("What had expired is removed."), [outcome])
    name = list_named(sight, request.form.get("list", ""))
    return back_to("exemptions.show", list=name)


@bp.get("/import")
@allow(EVERYBODY)
def take() -> str:
    """The form for a list that is pasted or comes in a file."""
    name = list_named(visitor().sight, request.args.get("list", ""))
    return _import_page(Import(name, request.args.get("where", "")))


@bp.post("/import")
@allow(EVERYBODY)
def look() -> Answer | Given | str:
    """Show what a file would add; with the word to do so, add it."""
    wanted = looked_at(_desk(), visitor().sight, request.form)
    if wanted.place is not None and not wanted.faults:
        wanted.faults.update(_locked(wanted.place))
    if wanted.faults or wanted.preview is None:
        return _import_page(wanted), 422
    if request.form.get("do") not in ("all", "good"):
        return _import_page(wanted)
    try:
        outcome = imported(_desk(), wanted, skip=request.form.get("do") == "good")
    except SettingError as error:
        wanted.faults["text"] = said(error)
        return _import_page(wanted), 422
    count = len(wanted.preview.fresh) + len(wanted.preview.changed)
    if outcome.told is None:
        tell(gettext("Everything was in the list already."))
    else:
        _tell(ngettext("%(num)s entry imported.", "%(num)s entries imported.", count), [outcome])
    return back_to("exemptions.show", list=wanted.list)


@bp.get("/export")
@allow(EVERYBODY)
def give() -> Response:
    """A list as a file."""
    return export(_listing(_desk()), _wish(), request.args.get("form", "csv"))


def _desk() -> Desk:
    return parts().desk(visitor().who)


def _keyed(text: str) -> tuple[Key, Place]:
    key = key_of(text)
    return key, place(visitor().sight, key.list, key.level, key.scope)


def _listing(desk: Desk) -> Listing:
    return listing(desk.stored(), visitor().sight, parts().clock())


def _wish() -> Wish:
    said = request.args
    state = said.get("state", "all")
    return Wish(
        list_named(visitor().sight, said.get("list", "")),
        said.get("q", "").strip(),
        state if state in STATES else "all",
        said.get("where", "").strip(),
    )


def _page(form: EntryForm) -> str:
    desk, sight, wish = _desk(), visitor().sight, _wish()
    found = _listing(desk)
    page = sheet(found.find(wish), request.args.get("page", ""), LINES)
    rows = [found.row(wish.list, each) for each in page.items]
    needs_rules = any(row.place.scope != SERVER_SCOPE for row in rows)
    rules = desk.rules().resolved if needs_rules else None
    return render_template(
        "pages/exemptions.html",
        rows=rows,
        sheet=page,
        wish=wish,
        words=_words(wish),
        counts={name: found.count(name) for name in lists_of(sight)},
        over=found.count_over(),
        lists=lists_of(sight),
        states=STATES,
        shadows=shadowed(rows, rules) if rules else {},
        idle={row.key for row in rows if rules and not rules.counts(row.place.scope)},
        fixed=exemptions_place.fixed(sight, desk.stored()),
        answer=_answer(desk),
        **_form_words(form),
    )


def _words(wish: Wish) -> dict[str, str]:
    """The parameters of the page's address."""
    said = {"list": wish.list, "q": wish.text, "where": wish.where}
    said["state"] = "" if wish.state == "all" else wish.state
    return {name: value for name, value in said.items() if value}


def _answer(desk: Desk) -> Any:
    if "ask" not in request.args:
        return None
    asked, account = request.args.get("ask", "").strip(), request.args.get("who", "").strip()
    return answer(desk, visitor().sight, asked, account)


def _form_words(form: EntryForm) -> dict[str, Any]:
    return {
        "form_said": form,
        "ends": exemptions_end.ENDS,
        "offered": exemptions_place.offered(visitor().sight),
        "meanings": exemptions_place.MEANINGS,
        "unfolded": bool(form.entry or form.faults or request.args.get("add")),
    }


def _entry_page(key: Key, where: Place, form: EntryForm) -> str:
    return render_template("pages/exemptions_entry.html", key=key, place=where, **_form_words(form))


def _import_page(wanted: Import) -> str:
    return render_template(
        "pages/exemptions_import.html",
        wanted=wanted,
        lists=lists_of(visitor().sight),
        offered=exemptions_place.offered(visitor().sight),
    )


def _locked(where: Place) -> Mapping[str, str]:
    """A fault, where nobody may add to a domain's or mailbox's list."""
    off = why_locked(where.scope)
    return {"where": off} if off else {}


def _change_all(
    chosen: Mapping[Place, list[str]], text: str, do: Callable[[Desk, Place, list[str]], Outcome]
) -> None:
    outcomes = []
    try:
        for where, names in chosen.items():
            outcomes.append(do(_desk(), where, names))
    except SettingError as error:
        tell(gettext("Nothing was changed: %(why)s", why=said(error)), "bad")
        text = ""
    if any(outcome.told for outcome in outcomes):
        _tell(text or gettext("Some entries were changed."), outcomes)


def _tell(text: str, outcomes: list[Outcome]) -> None:
    told = [outcome.told for outcome in outcomes if outcome.told is not None]
    tell(text, undo=tuple(number for each in told for number in each.audit))
    for line in dict.fromkeys(line for each in told for line in each.lines):
        tell(gettext(line), "warn")


def _warn(row: Row) -> None:
    """Of an entry that does not help, or not always."""
    if row.place.scope == SERVER_SCOPE:
        return
    rules = _desk().rules().resolved
    if not rules.counts(row.place.scope):
        tell(gettext("It does not count now: the domain's own rules are switched off."), "warn")
    for why in shadowed([row], rules).values():
        text = gettext("Overridden by the server's policy.")
        tell(f"{text} {gettext(why)}", "warn")
