"""The door: the way in by a signed link, and to the visitor's first page."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from core.web.access import EVERYBODY, WORLD, allow, mark
from core.web.links import COOKIE, read_key
from core.web.menu import home
from core.web.parts import parts
from core.web.scoped_sheet import scoped_sheet
from core.web.visitor import visitor

bp = Blueprint("door", __name__)


@bp.get("/")
@allow(EVERYBODY)
def start() -> AnyResponse:
    """To the first page of the visitor's menu."""
    return redirect(url_for(home(visitor().viewer.role)))


@bp.get("/enter")
@mark(WORLD)
def enter() -> AnyResponse:
    """Let in whoever has a link, and keep its key in a cookie (RFC 6265)."""
    key = request.args.get("key", "")
    found = read_key(parts().secret, key, parts().clock())
    if found is None:
        raise Unauthorized
    viewer, until = found
    answer = redirect(url_for(home(viewer.role)))
    answer.set_cookie(
        COOKIE, key, expires=int(until), httponly=True, samesite="Lax", secure=request.is_secure
    )
    return answer


@bp.get("/body.css", endpoint="body_sheet")
@mark(WORLD)
def body_sheet() -> Response:
    """Bootstrap, held inside our own element of a panel's page."""
    return Response(scoped_sheet(), mimetype="text/css")
