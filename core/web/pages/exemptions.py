"""Who is not checked."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import EVERYBODY, allow

bp = Blueprint("exemptions", __name__, url_prefix="/exemptions")


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return render_template("pages/exemptions.html")
