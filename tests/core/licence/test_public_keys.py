"""The program's public keys are what they are called, and none of them is a test's."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.licence.key import key_id
from core.licence.public_keys import PUBLIC_KEYS
from tests.core.licence.vendor_keys import Signer


def test_every_key_has_its_name() -> None:
    """A slip in the table would refuse everybody's licence."""
    for name, text in PUBLIC_KEYS.items():
        public = bytes.fromhex(text)
        assert key_id(public) == name
        Ed25519PublicKey.from_public_bytes(public)


def test_the_keys_of_tests_do_not_count() -> None:
    """Their private halves are public."""
    assert not {Signer(seed).id for seed in range(256)} & set(PUBLIC_KEYS)
