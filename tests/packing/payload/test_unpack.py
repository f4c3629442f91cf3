"""A release is complete before it counts, and what went wrong leaves the old one running."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import marshal
import zipfile
from pathlib import Path

import pytest

from tests.packing.payload.sample import TARGET, payload, run, setup


def test_the_command_runs_with_its_own_libraries_only(tmp_path: Path) -> None:
    """E10: words and exit code pass through; nobody's PYTHONPATH counts."""
    prefix = tmp_path / "opt"
    assert setup(payload(tmp_path / "p"), prefix, "unpack").returncode == 0
    done = run(prefix, "explain", "a b")
    version, answer, *rest = done.stdout.strip().split("|")
    assert (done.returncode, version, answer, rest[:2]) == (7, "1.0", "42", ["explain", "a b"])
    assert "/nowhere" not in rest
    library = prefix / "current" / "lib"
    assert sorted(path.name for path in library.glob("*.py")) == ["library.py", "native.py"]


def test_install_goes_on_with_the_product_s_own_installer(tmp_path: Path) -> None:
    """Its words and its exit code are the package's."""
    done = setup(payload(tmp_path / "p"), tmp_path / "opt", "install", "--yes")
    assert done.returncode == 7
    assert "1.0|42|install|--yes" in done.stdout


def test_an_upgrade_keeps_the_release_before_it_and_no_older(tmp_path: Path) -> None:
    """E12: `current` is the new one at once; `previous` is the way back."""
    prefix = tmp_path / "opt"
    for version in ("1.0", "1.1", "1.2"):
        assert setup(payload(tmp_path / version, version), prefix, "unpack").returncode == 0
    assert run(prefix).stdout.startswith("1.2|")
    assert (prefix / "previous").resolve().name.startswith("1.1-")
    assert sorted(p.name[:4] for p in (prefix / "releases").iterdir()) == ["1.1-", "1.2-"]


def test_unpacking_twice_changes_nothing(tmp_path: Path) -> None:
    """Also not what the second run finds complete."""
    prefix, package = tmp_path / "opt", payload(tmp_path / "p")
    setup(package, prefix, "unpack")
    before = (prefix / "current" / "start.py").stat().st_mtime_ns
    assert setup(package, prefix, "unpack").returncode == 0
    assert (prefix / "current" / "start.py").stat().st_mtime_ns == before


@pytest.mark.parametrize("damaged", ["wheels/library-1.0-py3-none-any.whl", "app/tool/__main__.py"])
def test_a_damaged_package_changes_nothing(tmp_path: Path, damaged: str) -> None:
    """E12: the old release goes on, and nothing half is left."""
    prefix = tmp_path / "opt"
    setup(payload(tmp_path / "old"), prefix, "unpack")
    package = payload(tmp_path / "new", "2.0")
    with (package / damaged).open("ab") as file:
        file.write(b"\n#")
    done = setup(package, prefix, "unpack")
    assert done.returncode == 3
    assert done.stderr.startswith(f"Nothing was changed: {damaged} is damaged")
    assert run(prefix).stdout.startswith("1.0|")
    assert [path.name[:4] for path in (prefix / "releases").iterdir()] == ["1.0-"]


def test_a_release_that_was_cut_off_is_unpacked_anew(tmp_path: Path) -> None:
    """A killed process or a full disk leaves no `complete`."""
    prefix, package = tmp_path / "opt", payload(tmp_path / "p")
    setup(package, prefix, "unpack")
    release = (prefix / "current").resolve()
    (release / "complete").unlink()
    (release / "lib" / "library.py").unlink()
    assert setup(package, prefix, "unpack").returncode == 0
    assert run(prefix).stdout.startswith("1.0|42")


def test_a_python_without_libraries_is_told(tmp_path: Path) -> None:
    """The package says what it has."""
    done = setup(payload(tmp_path / "p", target="3.11-riscv64"), tmp_path / "opt", "unpack")
    assert done.returncode == 3
    assert f"no libraries for {TARGET}, only for 3.11-riscv64" in done.stderr


def test_a_wheel_that_leads_out_of_itself_is_refused(tmp_path: Path) -> None:
    """E12: even with the right checksum."""
    package = payload(tmp_path / "p")
    wheel = package / "wheels" / "library-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("../../outside.py", "")
    manifest = json.loads((package / "manifest.json").read_text())
    name = "wheels/library-1.0-py3-none-any.whl"
    manifest["files"][name] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (package / "manifest.json").write_text(json.dumps(manifest))
    done = setup(package, tmp_path / "opt", "unpack")
    assert done.returncode == 3
    assert "leads out of it" in done.stderr
    assert not (tmp_path / "opt" / "current").exists()


@pytest.mark.parametrize(
    ("release", "advice"),
    [
        ("ID=almalinux\nVERSION_ID=8.10", "dnf install python3.12"),
        ("ID=debian\nVERSION_ID=12", "apt-get install python3"),
        ("ID=plan9", "no such package that we know of"),
    ],
)
def test_a_server_without_a_python_is_told_what_to_do(
    tmp_path: Path, release: str, advice: str
) -> None:
    """E10: clearly, and with exit code 3."""
    package = payload(tmp_path / "p")
    text = (package / "setup").read_text().replace(". /etc/os-release", f". {tmp_path}/release")
    text = text.replace("-r /etc/os-release", f"-r {tmp_path}/release")
    text = text.replace(f'VERSIONS="{TARGET.partition("-")[0]}"', 'VERSIONS="3.98 3.99"')
    (package / "setup").write_text(text)
    (tmp_path / "release").write_text(release)
    done = setup(package, tmp_path / "opt", "install", MAILWARD_PYTHON="")
    assert done.returncode == 3
    assert "needs Python in one of these versions: 3.98 3.99" in done.stderr
    assert advice in done.stderr
    assert "python-build-standalone" in done.stderr


def test_a_python_without_its_library_is_none(tmp_path: Path) -> None:
    """Debian's python3-minimal starts, and could not even unpack us."""
    poor = tmp_path / "python3"
    poor.write_text(f'#!/bin/sh\ncase "$*" in *sqlite3*) exit 1 ;; esac\necho {TARGET[:4]}\n')
    poor.chmod(0o755)
    done = setup(payload(tmp_path / "p"), tmp_path / "opt", "unpack", MAILWARD_PYTHON=str(poor))
    assert done.returncode == 3
    assert f"MAILWARD_PYTHON={poor} is none of" in done.stderr


def test_a_python_that_was_named_and_does_not_fit_is_told(tmp_path: Path) -> None:
    """It is not silently replaced by another."""
    done = setup(payload(tmp_path / "p"), tmp_path / "opt", "python", MAILWARD_PYTHON="/bin/false")
    assert done.returncode == 1
    assert "MAILWARD_PYTHON=/bin/false is none of" in done.stderr


def test_running_it_writes_no_bytecode_and_needs_none(tmp_path: Path) -> None:
    """All of it was written, whole, with the release: a full disk leaves half files otherwise."""
    prefix = tmp_path / "opt"
    setup(payload(tmp_path / "p"), prefix, "unpack")
    release = (prefix / "current").resolve()
    for source in (release / "app").rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER
        assert marshal.loads(compiled[16:]).co_filename == str(source)
    before = sorted(release.rglob("*"))
    run(prefix)
    assert sorted(release.rglob("*")) == before
