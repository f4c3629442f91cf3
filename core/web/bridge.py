"""Requests that a panel's bridge carries to us: who is asking, signed so that nobody can forge it.

A bridge is a few lines in the panel's own language. It knows from the panel's session who is
looking, and sends that with a signature made with a secret that only it and we can read. Does not
know any panel, and does not decide what somebody may see.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.panel import Role
from core.web.nonces import Nonces

VIEWER = "X-Mailward-Viewer"
"""Header with the claim: JSON in base64 (RFC 4648 section 5, padding optional)."""

SIGNATURE = "X-Mailward-Signature"
"""Header with ``t=SECONDS,n=NONCE,s=HEX``: HMAC-SHA256 over `signed_text`."""

SECONDS = 120
"""How far a bridge's clock may be from ours; a nonce is remembered as long."""

_SIGNATURE = re.compile(r"^t=([0-9]{1,12}),n=([A-Za-z0-9_-]{16,64}),s=([0-9a-f]{64})$")
_Short = Annotated[str, Meta(max_length=255)]


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bridge says of a request.

    Attributes:
        role, login: who is looking, by the panel's session.
        session: something that is the same during one session of the panel; forms are bound to it.
        prefix: the address path at which the panel shows us, without a slash at its end.
        layout: how the answer is shown: a ``page`` of its own, in a ``frame``, or printed as the
            ``body`` of the panel's page.
        parameter: the query parameter that carries the route where the path cannot, else "".
        language, zone: of the visitor, where the panel knows them.
        address: where the visitor's browser comes from, where the panel knows it; it is shown to
            them and decides nothing.
    """

    role: Role
    login: Annotated[str, Meta(min_length=1, max_length=255)]
    session: _Short = ""
    prefix: Annotated[
        str, Meta(max_length=1024, pattern=r"^(/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$")
    ] = ""
    layout: Literal["page", "frame", "body"] = "frame"
    parameter: Annotated[str, Meta(pattern="^[a-z]{0,20}$")] = ""
    language: _Short = ""
    zone: _Short = ""
    address: _Short = ""


class Forged(Exception):
    """A signature that is missing, wrong, too old, or was used before; the text says which."""


def signed_text(method: str, target: str, body: bytes, at: int, nonce: str, viewer: str) -> bytes:
    """What is signed: everything that decides what the request does.

    Args:
        method: ``GET`` or ``POST``.
        target: path and query as they stand in the request line.
        body: the whole body.
        at: seconds since 1970.
        nonce: random, never used before.
        viewer: the claim's header as it is sent.
    """
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("mailward-1", method, target, digest, str(at), nonce, viewer)).encode()


def sign(
    secret: str, claim: Claim, method: str, target: str, body: bytes, at: int, nonce: str
) -> dict[str, str]:
    """The headers that a bridge sends; arguments as in `signed_text`."""
    viewer = base64.urlsafe_b64encode(msgspec.json.encode(claim)).decode()
    text = signed_text(method, target, body, at, nonce, viewer)
    digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {VIEWER: viewer, SIGNATURE: f"t={at},n={nonce},s={digest}"}


class Verifier:
    """Believes signed claims, each once.

    Args:
        secret: shared with the bridge.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._nonces = Nonces(2 * SECONDS)

    def claim(
        self, method: str, target: str, body: bytes, viewer: str, signature: str, now: float
    ) -> Claim:
        """The claim of a request.

        Args:
            method, target, body: as in `signed_text`.
            viewer, signature: the two headers.
            now: seconds since 1970.

        Raises:
            Forged: it must not be believed.
        """
        found = _SIGNATURE.match(signature)
        if found is None:
            raise Forged("the signature is not written as it should be")
        at, nonce, given = int(found[1]), found[2], found[3]
        text = signed_text(method, target, body, at, nonce, viewer)
        if not hmac.compare_digest(hmac.new(self._secret, text, hashlib.sha256).hexdigest(), given):
            raise Forged("the signature is wrong")
        if abs(now - at) > SECONDS:
            raise Forged(f"the bridge's clock and ours differ by {abs(now - at):.0f} seconds")
        if not self._nonces.fresh(nonce, now):
            raise Forged("the request was sent before")
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(_padded(viewer)), type=Claim)
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise Forged(f"the claim cannot be read: {error}") from error


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
