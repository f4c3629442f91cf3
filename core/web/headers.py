"""What every answer tells the browser about itself (facts/data_sources.md 7)."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""Content-Security-Policy: nothing inline, nothing from elsewhere, framed by the panel only."""

YEAR = 31_536_000


def guarded(response: Response) -> Response:
    """Add the headers. What has a version in its address may be kept; nothing else may."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    endpoint = request.endpoint or ""
    is_asset = endpoint == "static" or endpoint.endswith((".static", "_sheet"))
    if is_asset and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
