"""Domains by customer, plan and reseller."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.web.access import ADMIN, RESELLERS, allow

bp = Blueprint("customers", __name__, url_prefix="/customers")


@bp.get("")
@allow(ADMIN | RESELLERS)
def show() -> str:
    """The page."""
    return render_template("pages/customers.html")
