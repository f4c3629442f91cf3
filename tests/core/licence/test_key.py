"""Only what the vendor has signed counts."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LicenceError, LicenceForged
from core.licence import key_text
from core.licence.key import LicenceKey, key_id, message, read
from core.licence.tier import Tier
from tests.core.licence.vendor_keys import SIGNER, Signer, licence_key


@given(
    number=st.integers(1, 1 << 40),
    tier=st.sampled_from(Tier),
    server=st.sampled_from(["", "host:mail.example.test", "machine:0123456789abcdef0123"]),
    customer=st.text(max_size=80),
    expires=st.integers(0, 1 << 33),
    grace_days=st.integers(0, 366),
)
def test_says_what_was_signed(
    number: int, tier: Tier, server: str, customer: str, expires: int, grace_days: int
) -> None:
    """E10: offline, whatever is in it."""
    key = licence_key(
        number=number,
        tier=tier,
        server=server,
        customer=customer,
        expires=expires,
        grace_days=grace_days,
    )
    assert read(SIGNER.text(key), SIGNER.public_keys) == key


def test_is_short_enough_to_send() -> None:
    """With a host and a customer of usual length."""
    text = SIGNER.text(licence_key(server="host:mail.example.test"))
    assert len(text) < 350


def test_every_octet_is_under_the_signature() -> None:
    """E10: with its checksum made right again, a changed key is a forgery."""
    data = key_text.read(SIGNER.text(licence_key()))
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(LicenceError) as caught:
            read(key_text.write(bytes(changed)), SIGNER.public_keys)
        assert isinstance(caught.value, LicenceForged) or place == 0, place


def test_a_tier_cannot_be_raised() -> None:
    """The forgery that would pay."""
    data = key_text.read(SIGNER.text(licence_key(tier=Tier.PLUS)))
    with pytest.raises(LicenceForged, match="signature is wrong"):
        read(key_text.write(data.replace(b"\xa4PLUS", b"\xa3PRO")), SIGNER.public_keys)


def test_a_key_of_another_signer_is_refused_by_name() -> None:
    """E10: somebody's own key pair, or a program that is older than the key."""
    other = Signer(2)
    with pytest.raises(LicenceForged, match=f"signed with key {other.id}"):
        read(other.text(licence_key()), SIGNER.public_keys)


def test_nothing_else_that_was_signed_passes_for_a_key() -> None:
    """A signature over the same octets in another matter does not count."""
    text = SIGNER.sign(message(licence_key(), SIGNER.id).removeprefix(b"mailward licence key\x00"))
    with pytest.raises(LicenceForged):
        read(text, SIGNER.public_keys)


def test_keys_are_rotated() -> None:
    """Both count for as long as both are known."""
    old, new = Signer(3), Signer(4)
    both = old.public_keys | new.public_keys
    for signer in (old, new):
        assert read(signer.text(licence_key()), both).number == 7
    with pytest.raises(LicenceForged):
        read(old.text(licence_key()), new.public_keys)


def test_the_programs_own_keys_are_asked_when_no_others_are_given() -> None:
    """Never a key of the tests."""
    with pytest.raises(LicenceForged):
        read(SIGNER.text(licence_key()))


def _signed(fields: list[object]) -> str:
    head = message(licence_key(), SIGNER.id)
    head = head[: len(head) - len(msgspec.msgpack.encode(licence_key()))]
    return SIGNER.sign(head + msgspec.msgpack.encode(fields))


FIELDS = list(msgspec.structs.astuple(licence_key()))


def test_a_later_version_may_add_fields() -> None:
    """They go to the end, and this version passes over them."""
    assert read(_signed([*FIELDS, "seats", 3]), SIGNER.public_keys) == licence_key()


@pytest.mark.parametrize(
    "fields", [FIELDS[:3], [0, *FIELDS[1:]], [7, "ULTRA", *FIELDS[2:]], [{"number": 7}]]
)
def test_what_only_a_later_version_understands_is_said(fields: list[object]) -> None:
    """Genuine, but not to be read."""
    with pytest.raises(LicenceError, match="newer version") as caught:
        read(_signed(fields), SIGNER.public_keys)
    assert not isinstance(caught.value, LicenceForged)


@pytest.mark.parametrize("data", [b"\x02" + bytes(200), b"\x01" + bytes(68), b"\x01"])
def test_another_format_is_said(data: bytes) -> None:
    """A later notation of the same letters."""
    with pytest.raises(LicenceError, match="newer version"):
        read(key_text.write(data), SIGNER.public_keys)


@given(st.binary(max_size=200))
def test_any_octets_are_refused(data: bytes) -> None:
    """Nothing gets past the signature."""
    with pytest.raises(LicenceError):
        read(key_text.write(b"\x01" + bytes.fromhex(SIGNER.id) + data), SIGNER.public_keys)


def test_fields_keep_their_order() -> None:
    """They are written without names: another order would change keys that are out there."""
    assert LicenceKey.__struct_fields__ == (
        "number",
        "tier",
        "panel",
        "server",
        "customer",
        "issued",
        "expires",
        "grace_days",
    )


def test_a_key_is_named_after_itself() -> None:
    """Octets of SHA-256 of an empty text, as FIPS 180-4 examples have them."""
    assert key_id(b"") == "e3b0c442"
