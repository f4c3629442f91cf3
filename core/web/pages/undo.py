"""Takes changes back: the button beside every message that tells of one, and in the audit trail."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.desk import change
from core.errors import StoreError
from core.web.access import EVERYBODY, allow
from core.web.menu import page_of
from core.web.notices import back_to, tell
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("undo", __name__, url_prefix="/undo")

MOST = 50
"""Entries of one change."""

LARGEST = 1 << 63
"""No number of the store is as large."""


@bp.post("")
@allow(EVERYBODY)
def take_back() -> Response:
    """Undo the named entries of the audit trail, the newest first."""
    try:
        entries = [int(word) for word in request.form.get("entries", "").split(",")][:MOST]
    except ValueError as error:
        raise BadRequest from error
    if any(not 0 < number < LARGEST for number in entries):
        raise BadRequest
    desk = parts().desk(visitor().who)
    for number in sorted(entries, reverse=True):
        try:
            scope = change.preview_undo(desk, number).scope
            visitor().sight.scope(scope.level, scope.name)
            difference, told = change.undo(desk, number)
        except StoreError as error:
            tell(str(error), "bad")
            continue
        tell(gettext("Taken back: %(line)s", line=difference.line))
        for line in told.lines:
            tell(line, "warn")
    return back_to(page_of(request.form.get("back", ""), visitor().viewer.role))
