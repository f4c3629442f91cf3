"""Why an address and an account are refused or let pass."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, allow

bp = Blueprint("explain", __name__, url_prefix="/explain")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return render_template("pages/explain.html")
