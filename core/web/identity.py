"""Who is asking: a bridge's believed claim, a signed link's cookie, or what the panel can tell."""

from __future__ import annotations

import socket
import struct
from typing import Any

from flask import Request

from core.panel import Role, Viewer, Visit
from core.web.bridge import Claim
from core.web.carriage import CLAIM
from core.web.links import COOKIE, read_key
from core.web.parts import Parts


def claim_of(request: Request) -> Claim | None:
    """The claim that the bridge's signature vouches for."""
    claim = request.environ.get(CLAIM)
    return claim if isinstance(claim, Claim) else None


def viewer_of(request: Request, parts: Parts) -> Viewer | None:
    """Who is asking; None for somebody unknown."""
    claim = claim_of(request)
    if claim is not None:
        return Viewer(
            role=Role(claim.role), login=claim.login, language=claim.language, zone=claim.zone
        )
    entered = read_key(parts.secret, request.cookies.get(COOKIE, ""), parts.clock())
    if entered is not None:
        return entered[0]
    return parts.panel.viewer(visit_of(request))


def visit_of(request: Request) -> Visit:
    """The request as a panel sees it."""
    return Visit(
        uid=_peer_uid(request.environ.get("gunicorn.socket")),
        headers={name.lower(): value for name, value in request.headers.items()},
        cookies=dict(request.cookies),
        address=request.remote_addr or "",
    )


def _peer_uid(connection: Any) -> int | None:
    """The user at the other end of a unix socket (SO_PEERCRED, unix(7)); None for others."""
    if not isinstance(connection, socket.socket) or connection.family != socket.AF_UNIX:
        return None
    size = struct.calcsize("3i")
    try:
        _, uid, _ = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        )
    except OSError:
        return None
    return int(uid)
