"""Mailboxes that may not send just now."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import CUSTOMERS, allow

bp = Blueprint("blocked", __name__, url_prefix="/blocked")


@bp.get("")
@allow(CUSTOMERS)
def show() -> str:
    """The page."""
    return render_template("pages/blocked.html")
