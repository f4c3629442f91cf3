"""Who may enter which route. A route that does not say so cannot exist.

`allow` marks a view with the roles that may enter and the feature that it needs; `guard` runs
before every request. Which domains somebody sees inside is `sight`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, request
from msgspec import Struct
from werkzeug.exceptions import Forbidden, Unauthorized

from core.licence.feature import Feature
from core.licence.gate import Answer
from core.panel import Role
from core.web.csrf import check_form
from core.web.features import lacking
from core.web.parts import parts
from core.web.visitor import recognise, visitor

EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
RESELLERS = frozenset({Role.RESELLER})
CUSTOMERS = frozenset({Role.RESELLER, Role.CUSTOMER})

View = TypeVar("View", bound=Callable[..., object])

_MARK = "__mailward_access__"


class Access(Struct, frozen=True):
    """What a route asks of whoever enters.

    Attributes:
        roles: who may; empty for the whole world, which only what looks the same to everybody is.
        form: whether a change is believed by the token in its form; the JSON interface has its own.
        feature: what the licence must have on; None for nothing but what the role needs.
    """

    roles: frozenset[Role]
    form: bool = True
    feature: Feature | None = None


WORLD = Access(frozenset(), form=False)
"""Style sheets, scripts, and the door itself."""


def allow(roles: frozenset[Role], feature: Feature | None = None) -> Callable[[View], View]:
    """Mark a view with who may enter, and the feature that it needs."""
    return mark(Access(roles, feature=feature))


def mark(access: Access) -> Callable[[View], View]:
    """As `allow`, for the views that are not pages."""

    def marked(view: View) -> View:
        setattr(view, _MARK, access)
        return view

    return marked


def access_of(app: Flask, endpoint: str) -> Access:
    """What the route asks.

    Raises:
        LookupError: it does not say, which is a mistake of ours.
    """
    if endpoint == "static" or endpoint.endswith(".static"):
        return WORLD
    access = getattr(app.view_functions[endpoint], _MARK, None)
    if not isinstance(access, Access):
        raise LookupError(f"the route {endpoint} does not say who may enter")
    return access


class FeatureOff(Forbidden):
    """The licence or the server does not have what the page needs; it says so.

    Attributes:
        answer: the gate's.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def guard() -> None:
    """Before every request: find out who asks, and let in only who may enter.

    Raises:
        Unauthorized: nobody known asks.
        Forbidden: their role may not enter.
        FeatureOff: what the page needs is off.
        StaleForm: a change was not sent by one of our forms.
    """
    if request.endpoint is None:  # there is no such route: Flask says so
        g.visitor = recognise(parts())
        return
    access = access_of(current_app, request.endpoint)
    if access == WORLD:
        return
    g.visitor = recognise(parts())
    if not access.roles:
        return
    if g.visitor is None:
        raise Unauthorized
    if visitor().viewer.role not in access.roles:
        raise Forbidden
    off = lacking(visitor().viewer.role, access.feature)
    if off is not None:
        raise FeatureOff(off)
    if access.form and request.method not in ("GET", "HEAD", "OPTIONS"):
        check_form()
