"""What lets a downloader see that a package is ours and whole: checksums, and a signature on them.

``SHA256SUMS`` is what `sha256sum --check` reads; ``SHA256SUMS.sig`` is its Ed25519 signature
(RFC 8032), 64 octets, which ``openssl pkeyutl -verify -rawin`` checks against the public key.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from packing.recipe import PackingError

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"


def load_key(file: Path) -> Ed25519PrivateKey:
    """The key that packages are signed with: PEM, without a password.

    Raises:
        PackingError: it cannot be read, or is another kind of key.
    """
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise PackingError(f"{file}: is no private key that can be read ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PackingError(
            f"{file}: is no Ed25519 key; make one: openssl genpkey -algorithm ed25519"
        )
    return key


def write(folder: Path, key: Ed25519PrivateKey | None) -> None:
    """Write the checksums of everything in a folder, and sign them where there is a key."""
    files = sorted(
        file for file in folder.iterdir() if file.is_file() and file.name not in (SUMS, SIGNATURE)
    )
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    text = "".join(lines).encode()
    (folder / SUMS).write_bytes(text)
    (folder / SIGNATURE).unlink(missing_ok=True)
    if key is not None:
        (folder / SIGNATURE).write_bytes(key.sign(text))


def check(folder: Path, public: Ed25519PublicKey | None) -> None:
    """Look whether everything is as it was sealed.

    Args:
        folder: with the packages.
        public: the key that must have signed; None looks at the checksums only.

    Raises:
        PackingError: something was changed, is missing, or is not signed by that key.
    """
    text = (folder / SUMS).read_bytes()
    if public is not None:
        try:
            public.verify((folder / SIGNATURE).read_bytes(), text)
        except (InvalidSignature, OSError) as error:
            raise PackingError(f"{SUMS} is not signed by that key") from error
    for line in text.decode().splitlines():
        expected, _, name = line.partition("  ")
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != expected:
            raise PackingError(f"{name} is not as it was when it was sealed")
