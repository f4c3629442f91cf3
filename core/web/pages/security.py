"""Countries and networks, each off, watched or refused; refusal texts; whose rules count."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from core.settings.scope import SERVER_SCOPE
from core.web.access import ADMIN, allow
from core.web.notices import back_to
from core.web.pages import security_counts
from core.web.parts import parts
from core.web.settings_form import SettingsForm
from core.words import Stage

bp = Blueprint("security", __name__, url_prefix="/security")

COUNTRY: Final = (
    *("country.mode", "country.watch", "country.unknown", "country.match", "country.server"),
)
NETWORK: Final = ("network.attacker", "network.cloud", "network.anonymiser", "network.relay")
STAGE: Final = ("connect.enabled",)
TEXT: Final = ("text.country", "text.network", "text.send", "text.contact")
SCOPE: Final = ("domain.enabled", "login.default_domain")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page(SettingsForm(SERVER_SCOPE, _names()))


@bp.post("")
@allow(ADMIN)
def save() -> Response | tuple[str, int]:
    """Set what was changed."""
    sheet = SettingsForm(SERVER_SCOPE, _names(), request.form)
    if sheet.save():
        return back_to("security.show")
    return _page(sheet), 422


def _names() -> list[str]:
    return [*COUNTRY, *NETWORK, *STAGE, *TEXT, *SCOPE]


def _page(sheet: SettingsForm) -> str:
    store, now = parts().store, parts().clock()
    stages = security_counts.stages(store, now)
    return render_template(
        "pages/security.html",
        sheet=sheet,
        country=sheet.rules.server.country,
        deeds=security_counts.deeds(store, now),
        before=stages[Stage.CONNECT],
        after=stages[Stage.AUTH],
        days=security_counts.DAYS,
        groups={
            "country": COUNTRY,
            "network": NETWORK,
            "stage": STAGE,
            "text": TEXT,
            "scope": SCOPE,
        },
        log=_log,
    )


def _log(reason: str, result: str) -> str:
    """The address of the log with what a rule did."""
    return url_for("log.show", period=f"{security_counts.DAYS}d", reason=reason, result=result)
