"""Takes changes back: the button beside every message that tells of one, and in the audit trail."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from core.desk import change
from core.desk.desk import Desk
from core.desk.text import printable
from core.errors import SettingError, StoreError
from core.settings.fields import FIELDS
from core.web.access import EVERYBODY, allow
from core.web.complaints import said
from core.web.menu import page_of
from core.web.notices import back_to, tell
from core.web.pages.system_audit_line import difference, entries
from core.web.parts import parts
from core.web.settings_form_words import place, words
from core.web.visitor import visitor

bp = Blueprint("undo", __name__, url_prefix="/undo")

MOST = 50
"""Entries of one change."""

MOST_NAMED = 5
"""Entries of a list that a message names."""

LARGEST = 1 << 63
"""No number of the store is as large."""


@bp.post("")
@allow(EVERYBODY)
def take_back() -> Response:
    """Undo the named entries of the audit trail, the newest first."""
    try:
        given = [int(word) for word in request.form.get("entries", "").split(",")][:MOST]
    except ValueError as error:
        raise BadRequest from error
    if any(not 0 < number < LARGEST for number in given):
        raise BadRequest
    desk = parts().desk(visitor().who)
    numbers = sorted(set(given), reverse=True)
    for number in numbers:
        _must_be_theirs(desk, number)
    for number in numbers:
        try:
            made, told = change.undo(desk, number)
        except (SettingError, StoreError) as error:
            tell(said(error), "bad")
            continue
        tell(gettext("Taken back: %(line)s", line=_in_words(made)))
        for line in told.lines:
            tell(line, "warn")
    return back_to(page_of(request.form.get("back", ""), visitor().viewer.role))


def _in_words(made: change.Difference) -> str:
    """``Setting (place): before → after``; of a list, what came and what went."""
    title = gettext(FIELDS[made.name].title) if made.name in FIELDS else printable(made.name)
    added, taken = difference(made.before, made.after)
    parts_of_list = [
        f"{said_before} {', '.join(entries(listed[:MOST_NAMED], made.name))}"
        + (" …" if len(listed) > MOST_NAMED else "")
        for said_before, listed in ((gettext("added:"), added), (gettext("taken away:"), taken))
        if listed
    ]
    what = "; ".join(parts_of_list) or " → ".join(
        words(made.name, value) for value in (made.before, made.after)
    )
    return f"{title} ({place(made.scope)}): {what}"


def _must_be_theirs(desk: Desk, number: int) -> None:
    """Make sure that the visitor could have made a change; before anything of it is told.

    Raises:
        NotFound: there is no such change, or it was made in a scope that is not theirs.
        Forbidden: the setting is the administrator's, also in the visitor's own scopes.
    """
    try:
        made = change.recorded(desk, number)
    except SettingError as error:
        raise NotFound from error
    visitor().sight.scope(made.scope.level, made.scope.name)
    if made.name not in FIELDS or not FIELDS[made.name].customer:
        visitor().sight.must_be_admin()
