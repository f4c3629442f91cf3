"""How a visitor likes to read: language, time zone, theme."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Blueprint, render_template, request
from flask_babel import force_locale, gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.errors import StoreError
from core.web.access import EVERYBODY, allow
from core.web.notices import back_to, tell
from core.web.pages.log import LENGTHS
from core.web.parts import parts
from core.web.visitor import LANGUAGES, THEMES, visitor, zone_of

bp = Blueprint("preferences", __name__, url_prefix="/preferences")


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return render_template(
        "pages/preferences.html",
        languages=LANGUAGES,
        zones=_zones(),
        lengths=LENGTHS,
        length=_kept().get("page_length", ""),
        themes={
            "auto": gettext("As the system has it"),
            "light": gettext("Light"),
            "dark": gettext("Dark"),
        },
    )


@bp.post("")
@allow(EVERYBODY)
def save() -> Response:
    """Keep what was chosen; what is empty is found out again."""
    language = request.form.get("language", "")
    zone = request.form.get("zone", "")
    theme = request.form.get("theme", "")
    if (language and language not in LANGUAGES) or (zone and zone_of(zone) is None):
        raise BadRequest
    length = request.form.get("length", "")
    if (theme and theme not in THEMES) or (length and length not in map(str, LENGTHS)):
        raise BadRequest
    chosen = {"language": language, "zone": zone, "theme": theme, "page_length": length}
    _keep(**{name: value or None for name, value in chosen.items()})
    with force_locale(language or visitor().taste.language):
        tell(gettext("Kept."))
    return back_to("preferences.show")


@bp.post("/zone")
@allow(EVERYBODY)
def zone() -> tuple[str, int]:
    """What the browser says of the visitor's time zone; a choice of their own is not touched."""
    name = request.form.get("zone", "")
    if zone_of(name) is None:
        raise BadRequest
    if not visitor().taste.chosen_zone:
        _keep(zone=name)
    return "", 204


def _zones() -> list[str]:
    """Names of places, and UTC: the database also has abbreviations of other times, and Factory.
    What the visitor has already stays, whatever its name."""
    places = {name for name in available_timezones() if "/" in name and name[:4] != "Etc/"}
    return sorted(places | {"UTC", visitor().taste.zone} - {""})


def _kept() -> dict[str, str]:
    viewer = visitor().viewer
    try:
        return parts().store.preferences.get(viewer.role, viewer.login)
    except StoreError:  # it is away: the page says so only to whoever wants to keep something
        return {}


def _keep(**values: str | None) -> None:
    viewer = visitor().viewer
    parts().store.preferences.set(viewer.role, viewer.login, values)
