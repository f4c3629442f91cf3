"""Keys as the vendor would issue them, signed with a key that only tests know."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.licence.key import LicenceKey, assemble, key_id, message
from core.licence.tier import Tier

NOW = 1_800_000_000.0
"""2027-01-15, the present of these tests."""

DAY = 86_400


class Signer:
    """A signing key.

    Args:
        seed: any octet; another one makes another key.
    """

    def __init__(self, seed: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = self._private.public_key().public_bytes_raw()
        self.id = key_id(public)
        self.public_keys = {self.id: public.hex()}

    def text(self, key: LicenceKey) -> str:
        """A key's text."""
        return self.sign(message(key, self.id))

    def sign(self, signed: bytes) -> str:
        """The text of anything, signed."""
        return assemble(signed, self._private.sign(signed))


SIGNER = Signer()


def licence_key(**different: Any) -> LicenceKey:
    """A key for any server, issued ten days ago, that ends in a hundred days."""
    values: dict[str, Any] = {
        "number": 7,
        "tier": Tier.PRO,
        "panel": "plesk",
        "server": "",
        "customer": "Example Hosting GmbH",
        "issued": int(NOW) - 10 * DAY,
        "expires": int(NOW) + 100 * DAY,
        "grace_days": 14,
    }
    return LicenceKey(**(values | different))
