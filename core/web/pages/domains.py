"""The rules of one domain or mailbox."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import CUSTOMERS, allow

bp = Blueprint("domains", __name__, url_prefix="/domains")


@bp.get("")
@allow(CUSTOMERS)
def show() -> str:
    """The page."""
    return render_template("pages/domains.html")
