"""Signs what a webhook is told, so that its receiver can tell it from what anybody sends.

The signature covers the time of sending: who listens in cannot send the same again later. The form
is the one that many services use, and docs/webhooks.md shows how a receiver checks it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

HEADER: Final = "Mailward-Signature"

TOLERANCE: Final = 300.0
"""Seconds by which the receiver's clock may differ; docs/webhooks.md advises the same."""


def signature(secret: str, body: bytes, at: float) -> str:
    """The header's value: ``t=1763784000,v1=`` and the HMAC-SHA256 of ``1763784000.BODY`` in hex.

    Args:
        secret: ``webhook.secret``.
        body: exactly what is sent.
        at: when, seconds since 1970.
    """
    return f"t={int(at)},v1={_digest(secret, body, str(int(at)))}"


def is_genuine(value: str, secret: str, body: bytes, now: float) -> bool:
    """Whether a header's value says that the body comes from who has the secret, and just now.

    Args:
        value: of the header; unknown parts are passed over, so that another ``v2`` hurts nobody.
        secret: what both share.
        body: what came.
        now: seconds since 1970.
    """
    parts = [part.strip().partition("=") for part in value.split(",")]
    times = [text for name, _, text in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal()):
        return False
    if len(times[0]) > 15 or abs(now - int(times[0])) > TOLERANCE:
        return False
    expected = _digest(secret, body, times[0]).encode()
    given = [text.encode() for name, _, text in parts if name == "v1"]
    return any(hmac.compare_digest(expected, each) for each in given)


def _digest(secret: str, body: bytes, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
