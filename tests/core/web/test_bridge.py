"""Claims are believed when the bridge's signature covers exactly this request, once."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.panel import Role
from core.web.bridge import SECONDS, SIGNATURE, VIEWER, Claim, Forged, Verifier, sign

SECRET = "secret"
NOW = 1_700_000_000
CLAIM = Claim(role=Role.CUSTOMER, login="anna", prefix="/x")
NONCE = "n" * 20


def _signed(
    at: int = NOW, nonce: str = NONCE, secret: str = SECRET, body: bytes = b"a=1"
) -> dict[str, str]:
    return sign(secret, CLAIM, "POST", "/log?x=1", body, at, nonce)


def _claim(verifier: Verifier, headers: dict[str, str], **changed: object) -> Claim:
    request = {"method": "POST", "target": "/log?x=1", "body": b"a=1", "now": NOW} | changed
    return verifier.claim(
        str(request["method"]),
        str(request["target"]),
        bytes(request["body"]),  # type: ignore[call-overload]  # bytes in every case below
        headers[VIEWER],
        headers[SIGNATURE],
        float(str(request["now"])),
    )


def test_signed_request_is_believed() -> None:
    assert _claim(Verifier(SECRET), _signed()) == CLAIM


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("another method", {"method": "GET"}),
        ("another target", {"target": "/log?x=2"}),
        ("another body", {"body": b"a=2"}),
        ("too late", {"now": NOW + SECONDS + 1}),
        ("too early", {"now": NOW - SECONDS - 1}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_signature_covers_the_whole_request(name: str, changed: dict[str, object]) -> None:
    with pytest.raises(Forged):
        _claim(Verifier(SECRET), _signed(), **changed)


def test_request_is_believed_once() -> None:
    verifier = Verifier(SECRET)
    _claim(verifier, _signed())
    with pytest.raises(Forged, match="before"):
        _claim(verifier, _signed())
    assert _claim(verifier, _signed(nonce="m" * 20)) == CLAIM


def test_somebody_elses_secret_is_worth_nothing() -> None:
    with pytest.raises(Forged, match="wrong"):
        _claim(Verifier(SECRET), _signed(secret="other"))


def test_claim_of_another_is_not_covered_by_the_signature() -> None:
    headers = _signed()
    other = msgspec.json.encode(Claim(role=Role.ADMIN, login="root"))
    headers[VIEWER] = base64.urlsafe_b64encode(other).decode()
    with pytest.raises(Forged, match="wrong"):
        _claim(Verifier(SECRET), headers)


@given(st.text(max_size=200), st.text(max_size=200))
def test_nonsense_is_forged_and_nothing_worse(viewer: str, signature: str) -> None:
    with pytest.raises(Forged):
        _claim(Verifier(SECRET), {VIEWER: viewer, SIGNATURE: signature})


@pytest.mark.parametrize(
    "claim",
    [
        b"{}",
        b'{"role":"owner","login":"x"}',
        b'{"role":"admin","login":""}',
        b'{"role":"admin","login":"x","prefix":"//evil.example"} ',
        b'{"role":"admin","login":"x","prefix":"javascript:1"}',
        b'{"role":"admin","login":"x","more":1}',
        b"[1]",
        b"\xff",
    ],
)
def test_claim_that_is_signed_but_makes_no_sense_is_refused(claim: bytes) -> None:
    import hashlib
    import hmac

    from core.web.bridge import signed_text

    viewer = base64.urlsafe_b64encode(claim).decode()
    text = signed_text("POST", "/log?x=1", b"a=1", NOW, NONCE, viewer)
    digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    with pytest.raises(Forged, match="cannot be read"):
        _claim(Verifier(SECRET), {VIEWER: viewer, SIGNATURE: f"t={NOW},n={NONCE},s={digest}"})
