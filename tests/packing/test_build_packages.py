"""The command that builds packages: what it is told, what it leaves, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from build_packages import main
from packing import seal
from packing.recipe import PackingError, panels
from tests.packing.wheelhouse import without_libraries

if TYPE_CHECKING:
    from pathlib import Path


def test_somebody_who_names_nothing_is_told_what_there_is() -> None:
    """Every panel with a package."""
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 2
    assert ", ".join(panels()) in result.output
    assert "plesk" in panels()


@pytest.mark.parametrize("words", [["nosuch"], ["plesk", "--python", "2.7", "--no-check"]])
def test_what_cannot_be_built_ends_with_a_code(tmp_path: Path, words: list[str]) -> None:
    """And leaves no file that looks like a package."""
    result = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
    assert result.exit_code != 0
    assert not list(tmp_path.rglob("*.zip"))


@pytest.mark.parametrize("signed", [True, False])
def test_packages_are_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed: bool) -> None:
    """Checksums always, a signature where there is a key."""
    without_libraries(monkeypatch)
    key = Ed25519PrivateKey.generate()
    pem = tmp_path / "key.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    out = tmp_path / "out"
    words = ["plesk", "--no-check", "--out", str(out)]
    result = CliRunner().invoke(main, [*words, *(["--key", str(pem)] if signed else [])])
    assert result.exit_code == 0, result.output
    seal.check(out, key.public_key() if signed else None)
    assert (out / "SHA256SUMS.sig").exists() is signed
    assert len(list(out.glob("mailward-plesk-*.zip"))) == 1
    assert len(list(out.glob("*.cdx.json"))) == 1
    next(out.glob("*.zip")).write_bytes(b"changed on the way")
    with pytest.raises(PackingError, match="is not as it was"):
        seal.check(out, None)


@pytest.mark.slow
def test_every_library_of_every_target_is_there(tmp_path: Path) -> None:
    """The real package, for all Pythons and processors, built and tried out. Needs a network."""
    result = CliRunner().invoke(main, ["plesk", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (package,) = tmp_path.glob("mailward-plesk-*.zip")
    assert package.stat().st_size > 20_000_000
