"""Lists of attackers: each with its terms, its age, and what arming it would have done.

Routes of the page of attackers. Nobody should arm a list blindly, so the count of logins that it
would have refused, and how many of them had the right password, stands beside the switch.
"""

from __future__ import annotations

from typing import Any, Final, cast, get_args

from flask import render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from core.desk import lists
from core.errors import ControlError, SettingError
from core.settings.lists import NAMES
from core.settings.model import Switch
from core.settings.scope import SERVER_SCOPE
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.parts import parts
from core.web.settings_form import SettingsForm, names_of
from core.web.visitor import visitor

MODES: Final = get_args(Switch)


@allow(ADMIN)
def show() -> str:
    """The lists, and what they say of an address where one is asked for."""
    return _page(_form())


@allow(ADMIN)
def switch() -> Response:
    """Let a list refuse, watch, or do nothing."""
    name, to = request.form.get("list", ""), request.form.get("mode", "")
    if to not in MODES:
        tell(gettext("Choose off, watch only or refuse."), "warn")
        return back_to("attackers.lists")
    try:
        told = lists.switch(parts().desk(visitor().who), name, cast(Switch, to))
    except SettingError as error:
        tell(gettext("Not changed: %(why)s", why=said(error)), "bad")
        return back_to("attackers.lists")
    if told is None:
        tell(gettext("It was so already."), "warn")
    else:
        tell(gettext("Set."), undo=told.audit)
        for line in told.lines:
            tell(said(line), "warn")
    return back_to("attackers.lists")


@allow(ADMIN)
def save() -> Response | tuple[str, int]:
    """Set keys, and what own servers tell each other."""
    form = _form(request.form)
    return back_to("attackers.lists") if form.save() else (_page(form), 422)


def _form(sent: Any = None) -> SettingsForm:
    return SettingsForm(SERVER_SCOPE, [*_keys(), *names_of("share")], sent)


def _keys() -> list[str]:
    """What a list needs to be asked: keys and places, not the switches, which stand beside it."""
    switches = {f"lists.{name}" for name in NAMES}
    return [name for name in names_of("lists") if name not in switches]


def _page(form: SettingsForm) -> str:
    desk = parts().desk(visitor().who)
    asked = request.args.get("q", "").strip()[:64]
    answer, problem = _asked(asked)
    found = lists.overview(desk, parts().clock())
    return render_template(
        "pages/attackers_lists.html",
        here="lists",
        on=[line for line in found if line.mode != "off"],
        off=[line for line in found if line.mode == "off"],
        modes=MODES,
        days=lists.DAYS,
        master=desk.rules().resolved.server.network.attacker,
        sheet=form,
        keys=_keys(),
        sharing=names_of("share"),
        asked=asked,
        answer=answer,
        problem=problem,
    )


def _asked(address: str) -> tuple[dict[str, Any] | None, str]:
    """What the lists say of an address, and what was wrong with the question."""
    if not address:
        return None, ""
    try:
        return lists.ask(parts().desk(visitor().who), address), ""
    except ControlError as error:
        return None, said(error)
