"""Send limits: who is blocked and who nearly is, the limit itself, exceptions from it, history."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from core.desk import blocks, exemptions, trial_notice
from core.desk.desk import Desk
from core.desk.entry import Place
from core.errors import ControlError, NoticeError, SettingError, StoreError
from core.licence.feature import Feature
from core.settings.account import is_account_or_domain, normalise
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.store.blocks import BlockFilter
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.features import why_off
from core.web.notices import back_to, tell
from core.web.pages.blocked import now_blocked
from core.web.pages.blocked_story import told
from core.web.pages.limits_now import blocked_lines, near_lines, rule
from core.web.pages.limits_overrides import NAMES, described, overrides
from core.web.paging import sheet
from core.web.parts import parts
from core.web.settings_form import SettingsForm
from core.web.visitor import visitor

bp = Blueprint("limits", __name__, url_prefix="/limits")

SENDERS: Final = Place("exempt.send")
MOST_SENDERS: Final = 12
"""Exempt senders that are shown here; their own page has all."""

LINES: Final = 50
"""Blocks on a page of the history."""

DAY: Final = 86_400

NOTICES: Final = ("notify.address",)


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """Who is blocked, and who nearly is."""
    desk = _desk()
    rules, standing = desk.rules().resolved, now_blocked()
    asked = request.args.get("q", "").strip()
    month = BlockFilter(since=parts().clock() - 30 * DAY)
    return _page(
        "show",
        standing=standing,
        blocked=sheet(blocked_lines(standing, asked), request.args.get("page", "")),
        near=near_lines(standing, rules),
        asked=asked,
        rule=rule(rules.server),
        watches=rules.server.send.watch,
        recently=len(blocks.history(desk, month, 1000)),
        senders=len(exemptions.entries(desk, SENDERS)),
        nobody_told=not rules.server.notify.address,
        off=why_off(Feature.SEND_WINDOW),
    )


@bp.post("/release")
@allow(ADMIN)
def release() -> Response:
    """Let one or several accounts send again."""
    accounts = request.form.getlist("only") or request.form.getlist("account")
    if not accounts:
        tell(gettext("Choose an account first."), "warn")
        return back_to("limits.show")
    try:
        found = blocks.release(_desk(), visitor().sight.only(accounts))
    except (ControlError, StoreError) as error:
        tell(gettext("Not released: %(why)s", why=said(error)), "bad")
        return back_to("limits.show")
    _tell_released([each.account for each in found.releases if each.done])
    for each in found.releases:
        if not each.done:
            tell(gettext("%(account)s was not blocked.", account=each.account), "warn")
    for note in found.notes:
        tell(said(note), "warn")
    return back_to("limits.show")


@bp.get("/settings")
@allow(ADMIN)
def settings() -> str:
    """The limit for everybody, and who is told of blocks."""
    return _settings_page(SettingsForm(SERVER_SCOPE, [*NAMES, *NOTICES]))


@bp.post("/settings")
@allow(ADMIN)
def save() -> Response | tuple[str, int]:
    """Set what was changed."""
    form = SettingsForm(SERVER_SCOPE, [*NAMES, *NOTICES], request.form)
    if form.save():
        return back_to("limits.settings")
    return _settings_page(form), 422


@bp.post("/test")
@allow(ADMIN)
def test() -> Response:
    """Send a notice to see whether it arrives."""
    try:
        sent = trial_notice.send(_desk())
    except SettingError:
        tell(gettext("Enter the administrator's mail address and save it first."), "bad")
    except NoticeError as error:
        tell(gettext("The notice was not taken: %(why)s", why=said(error)), "bad")
    else:
        text = gettext(
            "A test notice is on its way to %(address)s (%(result)s). Look whether it arrives.",
            address=sent.recipient,
            result=sent.result,
        )
        tell(text)
    return back_to("limits.settings")


@bp.get("/exceptions")
@allow(ADMIN)
def exceptions() -> str:
    """Senders without limit, and domains and mailboxes with limits of their own."""
    return _exceptions_page()


@bp.post("/exceptions")
@allow(ADMIN)
def give() -> Response | tuple[str, int]:
    """Go to the form for one domain or mailbox."""
    name = request.form.get("name", "").strip()
    scope = _scope_named(name, _desk().rules().resolved)
    if scope is None:
        text = gettext("Write a mailbox such as anna@example.org or a domain such as example.org.")
        return _exceptions_page(typed=name, fault=text), 422
    return back_to("limits.one", level=scope.level, name=scope.name)


@bp.get("/of/<level>/<name>")
@allow(ADMIN)
def one(level: str, name: str) -> str:
    """The limits of one domain or mailbox."""
    return _one_page(SettingsForm(_scope(level, name), NAMES))


@bp.post("/of/<level>/<name>")
@allow(ADMIN)
def save_one(level: str, name: str) -> Response | tuple[str, int]:
    """Set what was changed."""
    form = SettingsForm(_scope(level, name), NAMES, request.form)
    if form.save():
        return back_to("limits.one", level=form.scope.level, name=form.scope.name)
    return _one_page(form), 422


@bp.get("/history")
@allow(ADMIN)
def history() -> str:
    """Blocks that were."""
    asked = request.args.get("q", "").strip()
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    wanted = BlockFilter(account=f"*{asked}*" if asked and "*" not in asked else asked)
    found = blocks.history(_desk(), wanted, LINES + 1, number)
    now = parts().clock()
    return _page(
        "history",
        lines=[(each, told(each), blocks.ending(each, now)) for each in found[:LINES]],
        older=found[LINES - 1].id if len(found) > LINES else None,
        is_first=number is None,
        asked=asked,
    )


def _desk() -> Desk:
    return parts().desk(visitor().who)


def _scope(level: str, name: str) -> Scope:
    """A scope below the server's."""
    return visitor().sight.scope(level, name)


def _scope_named(name: str, rules: Resolved) -> Scope | None:
    if not name or not is_account_or_domain(name):
        return None
    if "@" not in name and "." in name:
        return Scope("domain", normalise(name))
    account = rules.account(name)
    return Scope("mailbox", account) if "@" in account else None


def _page(name: str, **words: Any) -> str:
    return render_template(f"pages/limits_{name}.html", tab=name, **words)


def _settings_page(form: SettingsForm) -> str:
    return _page("settings", sheet=form, names=NAMES, rule=rule(form.rules.server))


def _one_page(form: SettingsForm) -> str:
    return _page("one", sheet=form, names=NAMES, rule=rule(form.rules.of(form.scope)))


def _exceptions_page(typed: str = "", fault: str = "") -> str:
    desk = _desk()
    rules, asked = desk.rules().resolved, request.args.get("q", "").strip()
    senders = exemptions.entries(desk, SENDERS)
    listed = sheet(overrides(rules, asked), request.args.get("page", ""))
    return _page(
        "exceptions",
        senders=senders[:MOST_SENDERS],
        more=max(0, len(senders) - MOST_SENDERS),
        listed=listed,
        lines=[described(rules, scope) for scope in listed.items],
        asked=asked,
        typed=typed,
        fault=fault,
        now=parts().clock(),
        watches=rules.server.send.watch,
    )


def _tell_released(accounts: list[str]) -> None:
    if len(accounts) == 1:
        tell(gettext("%(account)s may send again.", account=accounts[0]))
    elif accounts:
        tell(
            ngettext(
                "%(num)s account may send again.", "%(num)s accounts may send again.", len(accounts)
            )
        )
