"""What happens to a request before Flask sees it: the bridge's claim, the prefix, the route.

A panel shows the pages at a path of its own, some of them with the route in a query parameter.
Flask then routes and builds addresses as if it stood there. Headers that only a bridge may send are
taken away from everybody else.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from core.errors import VisitRefused
from core.web.bridge import SIGNATURE, VIEWER, Claim, Forged, Verifier
from core.web.doorkeeper import Doorkeeper
from core.web.identity import CLAIM
from core.web.showing import SHOWING

LARGEST_BODY = 2 << 20
"""Octets of a request's body; the largest is a pasted list of exemptions."""

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class TooLarge(Exception):
    """A body with more than LARGEST_BODY octets."""


class Carriage:
    """Wraps the application.

    Args:
        application: Flask's.
        verifier: believes bridges.
        doorkeeper: says whom to believe at this socket.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        application: Application,
        verifier: Verifier,
        doorkeeper: Doorkeeper,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._application = application
        self._verifier = verifier
        self._doorkeeper = doorkeeper
        self._clock = clock

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """One request (PEP 3333)."""
        viewer = environ.pop(_key(VIEWER), "")
        signature = environ.pop(_key(SIGNATURE), "")
        showing = environ.pop(_key(SHOWING), "")
        for name in ("HTTP_X_FORWARDED_PREFIX", "HTTP_X_SCRIPT_NAME", "HTTP_SCRIPT_NAME"):
            environ.pop(name, None)
        environ["SCRIPT_NAME"] = ""
        try:
            signed = self._signed(environ, viewer, signature) if viewer or signature else None
            claim = self._doorkeeper.claim(environ, signed, showing)
        except TooLarge as error:
            return _refuse(start, "413 Content Too Large", str(error))
        except (Forged, VisitRefused) as error:
            return _refuse(start, "403 Forbidden", f"The panel's request is not believed: {error}")
        if claim is not None:
            environ[CLAIM] = claim
            _route(environ, claim)
        return self._application(environ, start)

    def _signed(self, environ: Environ, viewer: str, signature: str) -> Claim:
        """The claim that the signature vouches for.

        Raises:
            TooLarge: the body is.
            Forged: the signature must not be believed.
        """
        body, target = _body(environ), _target(environ)
        method = environ["REQUEST_METHOD"]
        return self._verifier.claim(method, target, body, viewer, signature, self._clock())


def _key(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")


def _body(environ: Environ) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > LARGEST_BODY:
        raise TooLarge(f"The request has more than {LARGEST_BODY} octets")
    body: bytes = environ["wsgi.input"].read(length) if length > 0 else b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def _target(environ: Environ) -> str:
    """The request line's own words, where the server keeps them: they are what was signed."""
    raw = environ.get("RAW_URI")
    if raw is not None:
        return str(raw)
    query = environ.get("QUERY_STRING", "")
    return str(environ.get("PATH_INFO", "")) + (f"?{query}" if query else "")


def _route(environ: Environ, claim: Claim) -> None:
    """Put the panel's prefix where WSGI wants it, and the route where Flask looks for it."""
    environ["SCRIPT_NAME"] = _octets(unquote(claim.prefix))
    if claim.parameter:
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        route = next((value for name, value in pairs if name == claim.parameter), "/")
        rest = [(name, value) for name, value in pairs if name != claim.parameter]
        environ["PATH_INFO"] = _octets(route if route.startswith("/") else f"/{route}")
        environ["QUERY_STRING"] = urlencode(rest)
    elif claim.prefix and environ["PATH_INFO"].startswith(f"{environ['SCRIPT_NAME']}/"):
        environ["PATH_INFO"] = environ["PATH_INFO"][len(environ["SCRIPT_NAME"]) :]


def _octets(text: str) -> str:
    """A text as WSGI has it: a letter for each octet of its UTF-8 (PEP 3333, Unicode Issues)."""
    return text.encode().decode("latin-1")


def _refuse(start: Start, status: str, text: str) -> Iterable[bytes]:
    payload = text.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(payload))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start(status, headers)
    return [payload]
