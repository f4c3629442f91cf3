"""Country and network restrictions, the connection stage, refusal texts."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, allow

bp = Blueprint("security", __name__, url_prefix="/security")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return render_template("pages/security.html")
