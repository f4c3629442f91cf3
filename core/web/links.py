"""Signed links that let somebody in without a panel: printed by the command line for root.

A link says who it is for and until when. The browser keeps it as a cookie, because nothing else
carries it from page to page on a server without a panel.
"""

from __future__ import annotations

import time

from itsdangerous import BadData, URLSafeSerializer

from core.panel import Role, Viewer

COOKIE = "mailward"


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="mailward link")


def make_key(secret: str, viewer: Viewer, until: float) -> str:
    """A key for a link.

    Args:
        secret: of the pages.
        viewer: whom it lets in.
        until: seconds since 1970.
    """
    return str(_serializer(secret).dumps([viewer.role.value, viewer.login, int(until)]))


def read_key(secret: str, key: str, now: float | None = None) -> tuple[Viewer, float] | None:
    """Whom a key lets in, and until when; None when it is not ours, or over.

    Args:
        secret: of the pages.
        key: from the link or the cookie.
        now: seconds since 1970; None for the present.
    """
    try:
        role, login, until = _serializer(secret).loads(key)
        viewer = Viewer(role=Role(role), login=str(login))
    except (BadData, ValueError, TypeError):
        return None
    if until <= (time.time() if now is None else now):
        return None
    return viewer, float(until)
