"""Settings of the server that have no page of their own: how long records are kept, who is told,
how login names are read."""

from __future__ import annotations

from flask import request
from flask_babel import gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.settings.fields import FIELDS, GROUPS
from core.settings.scope import SERVER_SCOPE
from core.web.access import ADMIN, allow
from core.web.notices import back_to
from core.web.pages.system_tabs import tab_page
from core.web.settings_form import SettingsForm, names_of

SHOWN = ("notify", "owner", "stolen", "webhook", "keep", "login")
"""Groups of settings."""


class Section(Struct, frozen=True):
    """A group of settings: its heading, a sentence about it, their names."""

    title: str
    about: str
    names: tuple[str, ...]


@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page(SettingsForm(SERVER_SCOPE, names_of(*SHOWN)))


@allow(ADMIN)
def save() -> Response | tuple[str, int]:
    """Keep what was changed."""
    sheet = SettingsForm(SERVER_SCOPE, names_of(*SHOWN), request.form)
    return back_to("system.settings") if sheet.save() else (_page(sheet), 422)


def _page(sheet: SettingsForm) -> str:
    sections = [
        Section(
            str(gettext(GROUPS[group].title)),
            str(gettext(GROUPS[group].what)),
            tuple(name for name in sheet.fields if FIELDS[name].group == group),
        )
        for group in SHOWN
    ]
    return tab_page("system_settings.html", "system.settings", sheet=sheet, sections=sections)
