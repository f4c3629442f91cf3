"""A package is the same whenever it is made from the same state, and holds together."""

from __future__ import annotations

import hashlib
import platform
import stat
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from core import __version__
from packing import build as building
from packing import check as checking
from packing.build import Built, build
from packing.recipe import ROOT, PackingError
from tests.packing.wheelhouse import without_libraries

if TYPE_CHECKING:
    from pathlib import Path

CACHE = ROOT / "build" / "wheels"


@pytest.fixture(autouse=True)
def history(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number and a moment, whatever git says."""
    monkeypatch.setenv("MAILWARD_BUILD", "7")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def made(out: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Plesk's package without its libraries, for which a network would be needed."""
    without_libraries(monkeypatch)
    return build("plesk", out, CACHE, lambda *_: None, pythons=["3.11"], machines=["x86_64"])


def test_the_same_state_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever doubts a published package builds it again."""
    one, two = made(tmp_path / "1", monkeypatch), made(tmp_path / "2", monkeypatch)
    digests = {hashlib.sha256(each.archive.read_bytes()).hexdigest() for each in (one, two)}
    assert len(digests) == 1
    assert one.bill.read_bytes() == two.bill.read_bytes()
    with zipfile.ZipFile(one.archive) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2023, 11, 14)}
        assert b"<release>7</release>" in archive.read("meta.xml")
        assert archive.read("CHANGES.md") == (ROOT / "CHANGELOG.md").read_bytes()


def test_one_product_lies_in_every_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E10, E11: an installer for a root shell, DirectAdmin's plugin, and what dpkg takes."""
    without_libraries(monkeypatch)
    narrow = {"pythons": ["3.11"], "machines": ["x86_64"]}
    built = build("directadmin", tmp_path, CACHE, lambda *_: None, **narrow)
    assert {spec.form for spec, _ in built.each()} == {"installer", "tar.gz", "deb", "rpm"}
    manifests = set()
    for spec, file in built.each():
        if spec.form == "rpm":
            continue  # tests/packing/test_system_package.py has the tools for it
        checking.unpack(file, tmp_path / spec.form)
        manifests.add((tmp_path / spec.form / spec.payload / "manifest.json").read_bytes())
    assert len(manifests) == 1
    plugin = tmp_path / "tar.gz"
    assert file_mode(plugin / "scripts" / "install.sh") == 0o755
    assert file_mode(plugin / "payload") == 0o755
    (top,) = (tmp_path / "installer").iterdir()
    assert top.name == f"mailward-directadmin-{__version__}"
    documents = tmp_path / "deb/usr/share/doc/mailward"
    for folder in (top, plugin, documents):
        assert (folder / "CHANGELOG.md").read_bytes() == (ROOT / "CHANGELOG.md").read_bytes()
    assert (plugin / "lib/Mailward/Carriage.pm").is_file()
    (deb,) = tmp_path.glob("*.deb")
    field = ("dpkg-deb", "--field", str(deb), "Maintainer")
    named = subprocess.run(field, capture_output=True, text=True, check=True)
    assert named.stdout == "Mailward contributors\n", "nobody reads an invented address"
    asked = ("sh", str(top / "install.sh"), "-h")
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "Installs Mailward for DirectAdmin on this server" in said.stdout


def file_mode(path: Path) -> int:
    """Who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"pythons": ["3.8"]}, "Python 3.8"),
        ({"machines": ["riscv64"]}, "machine riscv64"),
        ({"forms": ["rpm"]}, "form rpm"),
    ],
)
def test_what_no_package_is_made_for_is_told(
    tmp_path: Path, wanted: dict[str, list[str]], said: str
) -> None:
    """Before anything is fetched."""
    with pytest.raises(PackingError, match=f"no package is made for {said}"):
        build("plesk", tmp_path, CACHE, lambda *_: None, **wanted)


def test_number_and_moment_come_from_the_project_s_history(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without it they must be given."""
    assert (building.build_number(), building.build_moment()) == (7, 1_700_000_000)
    for name in ("MAILWARD_BUILD", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(building, "ROOT", tmp_path)
    for ask in (building.build_number, building.build_moment):
        with pytest.raises(PackingError, match="set MAILWARD_BUILD"):
            ask()


@pytest.mark.parametrize("damage", ["cut", "outside"])
def test_an_archive_that_is_damaged_is_refused(tmp_path: Path, damage: str) -> None:
    """The check unpacks as a panel would."""
    archive = tmp_path / "x.tar.gz"
    archive.write_bytes(b"\x1f\x8b\x08\x00" if damage == "cut" else b"no archive at all")
    with pytest.raises(PackingError, match=r"x\.tar\.gz"):
        checking.unpack(archive, tmp_path / "out")


def test_a_package_that_does_not_run_is_not_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its libraries it does not, and the check says what was printed."""
    without_libraries(monkeypatch)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    here = {"pythons": [version], "machines": [platform.machine()]}
    monkeypatch.setenv("MAILWARD_PYTHON", sys.executable)
    package = build("plesk", tmp_path, CACHE, lambda *_: None, **here)
    with pytest.raises(PackingError, match="failed"):
        checking.check(package, lambda *_: None)
