"""Whom a request is believed to come from, by the socket at which it arrives.

At the pages' own socket, which only the bridge's group reaches, a signature is believed. At the
customers' door, which every process of the server reaches, the kernel must say the same as the
signature or the panel, and nobody is ever more than a customer.
"""

from __future__ import annotations

import pwd
from typing import Any

from werkzeug.wrappers import Request

from core.errors import VisitRefused
from core.panel import Panel, Role, Viewer, Visit
from core.web.bridge import Claim
from core.web.identity import visit_of
from core.web.showing import Unreadable, claim_for


class Doorkeeper:
    """Stands at one socket.

    Args:
        panel: knows its own sessions.
        customers: whether this is the customers' door.
    """

    def __init__(self, panel: Panel, *, customers: bool = False) -> None:
        self._panel = panel
        self._customers = customers

    def claim(self, environ: dict[str, Any], signed: Claim | None, showing: str) -> Claim | None:
        """Whom to believe.

        Args:
            environ: the request (PEP 3333).
            signed: the claim whose signature is good; None where none was sent.
            showing: what the bridge says of showing, unsigned; "" where nothing.

        Returns:
            None where no bridge carries the request: a link's cookie or a token may tell.

        Raises:
            VisitRefused: nobody may be believed; the text says why.
        """
        visit = visit_of(Request(environ))
        if self._customers:
            # What is no page inside the panel, links and tokens, has its place at the other socket.
            for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION"):
                environ.pop(name, None)
        if signed is not None:
            if self._customers:
                _customer(signed.role)
                _same_user(signed.login, visit.uid)
            return signed
        if not showing and not self._customers:
            return None
        viewer = self._ask(visit)
        if self._customers:
            _customer(viewer.role)
        try:
            return claim_for(viewer, showing)
        except Unreadable as error:
            raise VisitRefused(f"what is said of showing cannot be read: {error}") from error

    def _ask(self, visit: Visit) -> Viewer:
        viewer = self._panel.viewer(visit)
        if viewer is None:
            raise VisitRefused("the panel does not know who is asking")
        return viewer


def _customer(role: Role) -> None:
    if role is not Role.CUSTOMER:
        raise VisitRefused(f"pages for the role {role.value} are not at the customers' door")


def _same_user(login: str, uid: int | None) -> None:
    """Make sure that the process at the other end runs as the customer.

    Raises:
        VisitRefused: it does not.
    """
    try:
        own = pwd.getpwnam(login).pw_uid
    except (KeyError, ValueError) as error:
        raise VisitRefused("there is no user of the customer's name on this server") from error
    if uid is None or uid != own:
        raise VisitRefused("the process that asks does not run as the customer's user")
