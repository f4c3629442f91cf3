"""What was decided: searched, followed, exported."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import EVERYBODY, allow

bp = Blueprint("log", __name__, url_prefix="/log")


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return render_template("pages/log.html")
