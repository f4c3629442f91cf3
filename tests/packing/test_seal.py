"""What was changed after it was sealed is found, and so is a seal of somebody else's."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from packing import seal
from packing.recipe import PackingError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder with two packages."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "a.zip").write_bytes(b"a")
    (folder / "b.zip").write_bytes(b"b")
    return folder


def test_a_package_that_was_changed_is_found(sealed: Path) -> None:
    """Also one that is missing; what was added later is not spoken of."""
    key = Ed25519PrivateKey.generate()
    seal.write(sealed, key)
    seal.check(sealed, key.public_key())
    (sealed / "later.txt").write_bytes(b"")
    seal.check(sealed, key.public_key())
    (sealed / "a.zip").write_bytes(b"A")
    with pytest.raises(PackingError, match=r"a\.zip is not as it was"):
        seal.check(sealed, key.public_key())
    (sealed / "a.zip").unlink()
    with pytest.raises(PackingError, match=r"a\.zip is not as it was"):
        seal.check(sealed, None)


def test_a_seal_of_somebody_else_is_none(sealed: Path) -> None:
    """Nor is one on other sums, nor none at all."""
    key = Ed25519PrivateKey.generate()
    seal.write(sealed, Ed25519PrivateKey.generate())
    with pytest.raises(PackingError, match="not signed by that key"):
        seal.check(sealed, key.public_key())
    seal.write(sealed, None)
    with pytest.raises(PackingError, match="not signed by that key"):
        seal.check(sealed, key.public_key())


def test_the_usual_tools_can_check_it(sealed: Path) -> None:
    """Whoever downloads it needs nothing of ours."""
    if not (shutil.which("sha256sum") and shutil.which("openssl")):
        pytest.skip("neither sha256sum nor openssl here")
    key = Ed25519PrivateKey.generate()
    seal.write(sealed, key)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (sealed.parent / "public.pem").write_bytes(public)
    subprocess.run(("sha256sum", "--check", "--strict", seal.SUMS), cwd=sealed, check=True)
    verify = ("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "../public.pem")
    subprocess.run((*verify, "-in", seal.SUMS, "-sigfile", seal.SIGNATURE), cwd=sealed, check=True)


@pytest.mark.parametrize("kind", ["other kind", "nonsense", "absent"])
def test_a_key_that_cannot_sign_is_told(tmp_path: Path, kind: str) -> None:
    """Before anything is built."""
    file = tmp_path / "key.pem"
    if kind == "other kind":
        other = X25519PrivateKey.generate()
        file.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    elif kind == "nonsense":
        file.write_bytes(b"-----BEGIN NONSENSE-----")
    with pytest.raises(PackingError, match=r"key\.pem"):
        seal.load_key(file)
