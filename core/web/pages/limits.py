"""How much an account may send, who is blocked, who is near it."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, allow

bp = Blueprint("limits", __name__, url_prefix="/limits")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return render_template("pages/limits.html")
