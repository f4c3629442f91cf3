"""Traveller passes: one mailbox, one country or address, until a date."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import EVERYBODY, allow

bp = Blueprint("travellers", __name__, url_prefix="/travellers")


@bp.get("")
@allow(EVERYBODY)
def show() -> str:
    """The page."""
    return render_template("pages/travellers.html")
