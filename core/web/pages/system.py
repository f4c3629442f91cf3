"""Hooks, data, licence, audit trail, import and export, diagnostics."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, allow

bp = Blueprint("system", __name__, url_prefix="/system")


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    return render_template("pages/system.html")
