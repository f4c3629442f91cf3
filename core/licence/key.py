"""What a licence key says, and whether it was signed by the vendor (Ed25519, RFC 8032).

A key is checked without asking anybody: the public keys come with the program. Whether it counts
here and now is `core.licence.standing`'s business. Making keys is the vendor's: `vendor/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from core.errors import LicenceError, LicenceForged
from core.licence import key_text
from core.licence.public_keys import PUBLIC_KEYS
from core.licence.tier import Tier

DAY: Final = 86_400.0

_FORMAT: Final = b"\x01"
_CONTEXT: Final = b"mailward licence key\x00"
"""Signed in front of every key, so that no other signature of the vendor's can pass for one."""
_ID: Final = 4
_SIGNATURE: Final = 64

LONGEST_CUSTOMER: Final = 200

HOST: Final = "host:"
MACHINE: Final = "machine:"


class LicenceKey(Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=False):
    """One key. The order of the fields is the order in the key: new ones go to the end.

    Attributes:
        number: the vendor's number of this key; no two keys have the same.
        tier: what was bought.
        panel: the name of the panel that it is for, "" for any.
        server: ``host:NAME``, ``machine:FINGERPRINT`` (`core.licence.server`), or "" for any.
        customer: to whom it was sold, shown on the licence page.
        issued: from when on it counts, seconds since 1970.
        expires: until when, likewise; 0 for ever.
        grace_days: days after that during which everything stays on.
    """

    number: Annotated[int, Meta(ge=1, lt=1 << 53)]
    tier: Tier
    panel: Annotated[str, Meta(max_length=40)]
    server: Annotated[str, Meta(max_length=300, pattern=f"^$|^({HOST}|{MACHINE})[^\\s]+$")]
    customer: Annotated[str, Meta(max_length=LONGEST_CUSTOMER)]
    issued: Annotated[int, Meta(ge=0, lt=1 << 40)]
    expires: Annotated[int, Meta(ge=0, lt=1 << 40)] = 0
    grace_days: Annotated[int, Meta(ge=0, le=366)] = 14


def key_id(public: bytes) -> str:
    """The name of a public key: the first four octets of its SHA-256, in hex."""
    return hashlib.sha256(public).digest()[:_ID].hex()


def message(key: LicenceKey, signer: str) -> bytes:
    """What is signed.

    Args:
        key: what the key says.
        signer: `key_id` of the signing key.
    """
    return _CONTEXT + _FORMAT + bytes.fromhex(signer) + msgspec.msgpack.encode(key)


def assemble(signed: bytes, signature: bytes) -> str:
    """The text of a key.

    Args:
        signed: from `message`.
        signature: of exactly that, 64 octets.
    """
    return key_text.write(signed.removeprefix(_CONTEXT) + signature)


def read(text: str, public_keys: Mapping[str, str] | None = None) -> LicenceKey:
    """A key that the vendor has signed.

    Args:
        text: as it was typed or pasted.
        public_keys: hex of the public keys that count, by `key_id`; None for the program's own.

    Raises:
        LicenceForged: it was not signed by the vendor.
        LicenceError: it is no key, is damaged, or is made for a later version of the program.
    """
    data = key_text.read(text)
    if data[:1] != _FORMAT or len(data) <= len(_FORMAT) + _ID + _SIGNATURE:
        raise LicenceError("this licence key needs a newer version of Mailward")
    signed, signature = _CONTEXT + data[:-_SIGNATURE], data[-_SIGNATURE:]
    signer = data[1 : 1 + _ID].hex()
    public = (PUBLIC_KEYS if public_keys is None else public_keys).get(signer)
    if public is None:
        raise LicenceForged(
            f"this licence key is signed with key {signer}, which this version of Mailward does "
            "not know: it is not genuine, or Mailward is too old for it"
        )
    _verify(bytes.fromhex(public), signature, signed)
    try:
        return msgspec.msgpack.decode(data[1 + _ID : -_SIGNATURE], type=LicenceKey)
    except msgspec.DecodeError as error:  # signed, so made by a later version
        raise LicenceError("this licence key needs a newer version of Mailward") from error


def _verify(public: bytes, signature: bytes, signed: bytes) -> None:
    # Loading it takes longer than most verbs of the command line take as a whole.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature:
        raise LicenceForged("this licence key is not genuine: its signature is wrong") from None
