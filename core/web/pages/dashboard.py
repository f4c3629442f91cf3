"""Is it working, what happened since yesterday, what needs a decision."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, allow

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return render_template("pages/dashboard.html")
