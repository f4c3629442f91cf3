"""Who is asking: a bridge's believed claim, a signed link's cookie, or what the panel can tell."""

from __future__ import annotations

from werkzeug.wrappers import Request

from core.errors import VisitRefused
from core.panel import Role, Viewer, Visit
from core.web.bridge import Claim
from core.web.links import COOKIE, read_key
from core.web.parts import Parts
from core.web.peer import peer_uid

CLAIM = "mailward.claim"
"""Key in the environment under which the believed claim lies."""


def claim_of(request: Request) -> Claim | None:
    """What is believed of a request that a bridge carries."""
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
    try:
        return parts.panel.viewer(visit_of(request))
    except VisitRefused:
        return None


def visit_of(request: Request) -> Visit:
    """The request as a panel sees it."""
    return Visit(
        uid=peer_uid(request.environ.get("gunicorn.socket")),
        headers={name.lower(): value for name, value in request.headers.items()},
        cookies=dict(request.cookies),
        address=request.remote_addr or "",
    )
