"""What a reseller or customer sees first: counters, a chart, what stands."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import CUSTOMERS, allow

bp = Blueprint("overview", __name__, url_prefix="/overview")


@bp.get("")
@allow(CUSTOMERS)
def show() -> str:
    """The page."""
    return render_template("pages/overview.html")
