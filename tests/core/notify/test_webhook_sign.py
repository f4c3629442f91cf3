"""A receiver can tell what we sent from what anybody sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notify.webhook_sign import TOLERANCE, is_genuine, signature

SECRET = "0123456789abcdef"
BODY = b'{"kind":"block"}'
AT = 1_763_784_000


def test_the_signature_is_the_one_that_is_documented() -> None:
    """HMAC-SHA256 of `t.body`, computed with openssl: docs/webhooks.md promises it."""
    assert signature(SECRET, BODY, AT + 0.9) == (
        "t=1763784000,v1=350c7543175ab08b24366e07d4cb4b3a516750c03ff37ed360d631b2983e024d"
    )


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=16), st.binary())
def test_what_is_signed_is_genuine(secret: str, body: bytes) -> None:
    """For every secret and body."""
    assert is_genuine(signature(secret, body, AT), secret, body, AT + TOLERANCE)


@pytest.mark.parametrize(
    ("value", "body", "now"),
    [
        (signature(SECRET, BODY, AT), BODY + b" ", AT),
        (signature("another secret..", BODY, AT), BODY, AT),
        (signature(SECRET, BODY, AT), BODY, AT + TOLERANCE + 1),
        (signature(SECRET, BODY, AT), BODY, AT - TOLERANCE - 1),
        (signature(SECRET, BODY, AT).replace(f"t={AT}", f"t={AT + 60}"), BODY, AT),
        (signature(SECRET, BODY, AT).replace("t=", "t=1,t="), BODY, AT),
        ("", BODY, AT),
        (f"t={AT},v1=", BODY, AT),
        ("t=٣,v1=00", BODY, AT),
        ("t=" + "9" * 5000 + ",v1=00", BODY, AT),
        (f"t={AT},v1=äöü", BODY, AT),
    ],
)
def test_what_is_not(value: str, body: bytes, now: float) -> None:
    """Another body, secret or time, and nonsense."""
    assert not is_genuine(value, SECRET, body, now)


def test_a_further_signature_hurts_nobody() -> None:
    """Another version may sign in two ways, or with two secrets while one is replaced."""
    value = signature(SECRET, BODY, AT)
    assert is_genuine(f"{value},v1=00,v2=11, x", SECRET, BODY, AT)
