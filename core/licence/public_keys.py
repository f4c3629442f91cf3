"""The vendor's public keys: a licence key counts when one of these has signed it.

Rotation: add the new key in a release, sign with it once that release is out, and take the old one
away when the last licence key that it signed is over. `python -m vendor keypair FILE` makes a pair
and prints the line for this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PUBLIC_KEYS: Final[Mapping[str, str]] = {}
"""Hex of the Ed25519 public key (32 octets), by its name (`core.licence.key.key_id`)."""
