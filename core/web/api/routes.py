"""The routes of the JSON interface: one for each operation, and the document that describes them.

A token stands for a person; what it sees is decided where the pages decide it, in `sight`. Cookies
and panels' sessions open nothing here, so no foreign page can use somebody's browser for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import Forbidden, HTTPException

from core.errors import ControlError, MailwardError, StoreChanged, StoreError
from core.licence.feature import Feature
from core.panel import Role, Viewer
from core.web.access import ADMIN, WORLD, mark
from core.web.api import acting, looking, suspects
from core.web.api.openapi import document
from core.web.api.operation import Call, Failure, Operation
from core.web.api.reading import Unreadable, read_body, read_query
from core.web.features import lacking
from core.web.parts import parts
from core.web.sight import Sight

bp = Blueprint("api", __name__, url_prefix="/api/v1")

OPERATIONS: tuple[Operation, ...] = (
    *looking.OPERATIONS,
    *acting.OPERATIONS,
    *suspects.OPERATIONS,
)
"""Every operation."""

_FIELD = re.compile(r"^([a-z]+\.[a-z_]+): ")


class TokenMissing(Exception):
    """There is no token, or it is not good."""


def _answer(result: Any, code: int = 200) -> Response:
    return Response(msgspec.json.encode(result), code, content_type="application/json")


def _failed(error: Exception) -> Response:
    """Say what went wrong, and with which field."""
    if isinstance(error, TokenMissing):
        answer = _answer(Failure(str(error)), 401)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="mailward"'
        return answer
    if isinstance(error, Unreadable):
        return _answer(error.failure, 400)
    if isinstance(error, HTTPException):
        return _answer(Failure(error.description or error.name), error.code or 500)
    if isinstance(error, StoreChanged):
        return _answer(Failure(str(error)), 409)
    code = 503 if isinstance(error, ControlError | StoreError) else 400
    found = _FIELD.match(str(error))
    return _answer(Failure(str(error), found[1] if found else ""), code)


def _call(operation: Operation, path: dict[str, str]) -> Call:
    """The request, if the token may make it and it can be read.

    Raises:
        TokenMissing, Forbidden, Unreadable: it may not, or cannot.
    """
    now = parts().clock()
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = parts().store.tokens.find(secret.strip(), now) if kind.lower() == "bearer" else None
    if token is None:
        raise TokenMissing("send a good token: Authorization: Bearer TOKEN")
    role = Role(token.role)
    if role not in operation.roles:
        raise Forbidden("this token may not do that")
    if operation.roles == ADMIN and token.domains is not None:
        raise Forbidden("this token is for some domains only")
    off = lacking(role, Feature.API)
    if off is not None:
        raise Forbidden(off.reason)
    parts().store.tokens.touch(token, now)
    viewer = Viewer(role, token.login)
    return Call(
        sight=Sight(viewer, parts().directory, only=token.domains),
        desk=parts().desk(f"{token.login or token.role} (token {token.name})"),
        query=read_query(operation.query, request.args),
        body=read_body(operation.body, request.get_data()),
        path=path,
        now=now,
    )


def _view(operation: Operation) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        try:
            return _answer(operation.view(_call(operation, path)))
        except (TokenMissing, Unreadable, HTTPException, MailwardError) as error:
            return _failed(error)

    return mark(WORLD)(view)  # a token lets in here, not a visitor


for _each in OPERATIONS:
    bp.add_url_rule(
        re.sub(r"{([a-z_]+)}", r"<\1>", _each.path),
        endpoint=_each.name,
        view_func=_view(_each),
        methods=[_each.method],
    )


@bp.get("/openapi.json", endpoint="openapi")
@mark(WORLD)
def openapi() -> Response:
    """The document; it says nothing of this server, so everybody may read it."""
    root = url_for("api.openapi").removesuffix("/openapi.json")
    return _answer(document(OPERATIONS, root))
