"""One operation of the JSON interface: what it takes, what it answers, who may ask.

The routes, the checks of what comes in, and the OpenAPI document are all made from these, so none
of the three can say something else than the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from core.desk.desk import Desk
from core.panel import Role
from core.web.sight import Sight

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Empty(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is asked, or nothing is to be said."""


class Call(Struct, frozen=True):
    """One request, read and checked.

    Attributes:
        sight: what the asking token sees.
        desk: what it can do.
        query: the query, an instance of the operation's type.
        body: the body, likewise.
        path: what stands in the path's gaps.
        now: seconds since 1970.
    """

    sight: Sight
    desk: Desk
    query: Any
    body: Any
    path: dict[str, str]
    now: float


class Operation(Struct, frozen=True, kw_only=True):
    """One operation.

    Attributes:
        method, path: e.g. ``DELETE`` and ``/blocked/{account}``.
        name: unique; the OpenAPI operationId.
        summary, text: what it does, for people.
        roles: whose tokens may ask.
        query, body, answer: types of what comes in and goes out.
        view: does it.
    """

    method: Method
    path: str
    name: str
    summary: str
    text: str = ""
    roles: frozenset[Role] = frozenset(Role)
    query: type[Struct] = Empty
    body: type[Struct] = Empty
    answer: type[Any]
    view: Callable[[Any], Any]


class Failure(Struct, frozen=True):
    """What every answer with a status of 400 and above says.

    Attributes:
        error: what is wrong, one sentence for people.
        field: the name of what is wrong, "" where it is nothing in particular.
    """

    error: str
    field: str = ""
