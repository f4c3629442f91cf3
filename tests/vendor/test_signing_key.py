"""The private key: made once, never overwritten, never read by others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.errors import LicenceError
from core.licence.key import read
from tests.core.licence.vendor_keys import licence_key
from vendor.signing_key import KeyFileError, SigningKey


def nothing() -> str:
    """Nobody should be asked."""
    raise AssertionError


def test_a_key_is_made_for_its_owner_only(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask is."""
    path = tmp_path / "private.pem"
    former = os.umask(0)
    try:
        made = SigningKey.make(path)
    finally:
        os.umask(former)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = SigningKey.load(path, nothing)
    assert (again.id, again.public) == (made.id, made.public)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """With it go all licences that it was to sign."""
    path = tmp_path / "private.pem"
    SigningKey.make(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="is there already"):
        SigningKey.make(path)
    assert path.read_bytes() == before
    with pytest.raises(KeyFileError, match="cannot be made"):
        SigningKey.make(tmp_path / "nowhere" / "private.pem")


def test_a_passphrase_protects_it(tmp_path: Path) -> None:
    """And is asked for only where there is one."""
    path = tmp_path / "private.pem"
    made = SigningKey.make(path, b"correct horse")
    assert SigningKey.load(path, lambda: "correct horse").id == made.id
    with pytest.raises(KeyFileError, match="passphrase is wrong"):
        SigningKey.load(path, lambda: "battery staple")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """It may have been copied."""
    path = tmp_path / "private.pem"
    SigningKey.make(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="may be read by others"):
        SigningKey.load(path, nothing)


def test_says_what_is_no_key(tmp_path: Path) -> None:
    """In words."""
    path = tmp_path / "private.pem"
    with pytest.raises(KeyFileError, match="cannot be read"):
        SigningKey.load(path, nothing)
    path.write_text("nonsense")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="is no private key"):
        SigningKey.load(path, nothing)
    other = X25519PrivateKey.generate()
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyFileError, match="another kind"):
        SigningKey.load(path, nothing)


def test_what_it_signs_is_read(tmp_path: Path) -> None:
    """E10: by a program that knows its public half; and nothing is issued that none would take."""
    signer = SigningKey.make(tmp_path / "private.pem")
    text = signer.issue(licence_key())
    assert read(text, {signer.id: signer.public}) == licence_key()
    with pytest.raises(LicenceError):
        signer.issue(licence_key(grace_days=9999))
