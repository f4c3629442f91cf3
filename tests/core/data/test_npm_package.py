"""Packages are taken for what their checksum says, or not at all."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from core.data.npm_package import NpmPackage, read_members


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """An npm client that always delivers the same archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in (("package/a.txt", b"A"), ("package/b/c.txt", b"C")):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))

    def run(command: list[str], **options: Any) -> None:
        assert command == ["npm", "pack", "--silent", "@scope/name@1.2.3"]
        (Path(options["cwd"]) / "scope-name-1.2.3.tgz").write_bytes(buffer.getvalue())

    monkeypatch.setattr(subprocess, "run", run)
    return buffer.getvalue()


def package(archive: bytes) -> NpmPackage:
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    return NpmPackage("@scope/name", "1.2.3", digest)


def test_members_come_in_the_order_asked(archive: bytes) -> None:
    assert read_members(package(archive), ("b/c.txt", "a.txt")) == [b"C", b"A"]


def test_another_archive_is_refused(archive: bytes) -> None:
    with pytest.raises(ValueError, match=r"@scope/name 1\.2\.3: checksum differs"):
        read_members(package(archive + b"x"), ("a.txt",))


def test_a_missing_member_is_named(archive: bytes) -> None:
    with pytest.raises(KeyError, match=r"package/d\.txt"):
        read_members(package(archive), ("d.txt",))
