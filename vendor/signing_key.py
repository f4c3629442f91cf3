"""The private key that signs licences: a file that only its owner may read.

PKCS #8 in PEM (RFC 5958, RFC 8410), so that every other tool can read it too; with a passphrase
where one is given.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from core.licence.key import LicenceKey, assemble, key_id, message, read

_MODE: Final = 0o600


class KeyFileError(Exception):
    """The file of a private key cannot be used or made; the text says why."""


class SigningKey:
    """A private key.

    Args:
        private: the key itself.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.id = key_id(public)
        self.public = public.hex()

    @classmethod
    def make(cls, path: Path, passphrase: bytes = b"") -> SigningKey:
        """Make a key and keep it in a new file, which only its owner may read.

        Args:
            path: of the file.
            passphrase: protects it; empty for none.

        Raises:
            KeyFileError: there is such a file already, or it cannot be written. A file that is
                there is never touched: with a private key go all licences that it was to sign.
        """
        private = Ed25519PrivateKey.generate()
        protection: KeySerializationEncryption = (
            BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        )
        content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        except FileExistsError:
            raise KeyFileError(f"{path} is there already, and is not overwritten") from None
        except OSError as error:
            raise KeyFileError(f"{path} cannot be made: {error.strerror}") from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
        except OSError as error:
            path.unlink()
            raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
        return cls(private)

    @classmethod
    def load(cls, path: Path, passphrase: Callable[[], str]) -> SigningKey:
        """Read a key.

        Args:
            path: of the file.
            passphrase: asks for it, where the file has one.

        Raises:
            KeyFileError: others may read the file, it is no such key, or the passphrase is wrong.
        """
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeyFileError(f"{path} may be read by others (mode {mode:04o}): chmod 600 it")
            content = path.read_bytes()
        except OSError as error:
            raise KeyFileError(f"{path} cannot be read: {error.strerror}") from error
        try:
            private = _private(content, passphrase)
        except ValueError as error:
            raise KeyFileError(f"{path} is no private key, or the passphrase is wrong") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(f"{path} is a private key of another kind than Ed25519")
        return cls(private)

    def issue(self, key: LicenceKey) -> str:
        """The text of a licence key, read back before it is handed out.

        Raises:
            LicenceError: it says something that no program would take.
        """
        signed = message(key, self.id)
        text = assemble(signed, self._private.sign(signed))
        read(text, {self.id: self.public})
        return text


def _private(content: bytes, passphrase: Callable[[], str]) -> object:
    try:
        return load_pem_private_key(content, None)
    except TypeError:  # that is how the library says that there is a passphrase
        return load_pem_private_key(content, passphrase().encode())
