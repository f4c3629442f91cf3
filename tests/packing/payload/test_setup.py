"""`setup` shows beforehand, takes away, and cares for nobody's umask."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from tests.packing.payload.sample import payload, setup

if TYPE_CHECKING:
    from pathlib import Path


def test_a_preview_runs_the_new_program_and_leaves_nothing(tmp_path: Path) -> None:
    """E12: what it shows names the place where the program will be, not the one it ran from."""
    prefix = tmp_path / "opt" / "mailward"
    done = setup(payload(tmp_path / "p"), prefix, "preview", SAMPLE_CALLS=str(tmp_path / "calls"))
    assert done.returncode == 7
    assert (tmp_path / "calls").read_text() == f"1.0 install --dry-run {prefix}/bin/mailward\n"
    assert list((tmp_path / "opt").iterdir()) == []


def test_a_preview_of_an_upgrade_leaves_the_old_release(tmp_path: Path) -> None:
    """The new program is asked; the old one stays in use."""
    prefix = tmp_path / "mailward"
    setup(payload(tmp_path / "1", "1.0"), prefix, "unpack")
    before = sorted(str(path) for path in prefix.rglob("*"))
    done = setup(payload(tmp_path / "2", "2.0"), prefix, "preview")
    assert done.stdout.startswith("2.0|42|install|--dry-run")
    assert sorted(str(path) for path in prefix.rglob("*")) == before
    assert {path.name for path in tmp_path.iterdir()} == {"1", "2", "mailward"}


def test_a_preview_of_a_damaged_package_leaves_nothing(tmp_path: Path) -> None:
    """And says so, with 3."""
    package = payload(tmp_path / "p")
    (package / "app" / "tool" / "__main__.py").write_text("changed")
    done = setup(package, tmp_path / "opt", "preview")
    assert done.returncode == 3
    assert "is damaged" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"p"}


def test_uninstalling_removes_the_program_as_well(tmp_path: Path) -> None:
    """E12: with the copy of `setup` that lies in the release, for the package may be long gone."""
    prefix, calls = tmp_path / "opt", tmp_path / "calls"
    setup(payload(tmp_path / "p"), prefix, "unpack")
    words = {"SAMPLE_CALLS": str(calls), "SAMPLE_CODE": "0"}
    done = setup(prefix / "current", prefix, "uninstall", "--yes", **words)
    assert done.returncode == 0
    assert calls.read_text() == f"1.0 uninstall --yes {prefix}/bin/mailward\n"
    assert not prefix.exists()
    assert setup(tmp_path / "p", prefix, "uninstall", "--yes").returncode == 0


def test_what_cannot_be_taken_back_leaves_the_program(tmp_path: Path) -> None:
    """For another try; and what is not ours stays in any case."""
    prefix = tmp_path / "opt"
    setup(payload(tmp_path / "p"), prefix, "unpack")
    done = setup(tmp_path / "p", prefix, "uninstall", "--yes", SAMPLE_CODE="1")
    assert done.returncode == 1
    assert (prefix / "bin" / "mailward").exists()
    (prefix / "python").mkdir()
    (prefix / "bin" / "other").touch()
    done = setup(tmp_path / "p", prefix, "uninstall", "--yes", SAMPLE_CODE="0")
    assert done.returncode == 0
    assert {path.name for path in prefix.iterdir()} == {"python", "bin"}
    assert [path.name for path in (prefix / "bin").iterdir()] == ["other"]


def test_services_can_read_what_root_unpacked_with_another_umask(tmp_path: Path) -> None:
    """E10: umask 077 is common among administrators, and the daemon is not root."""
    before = os.umask(0o077)
    try:
        prefix = tmp_path / "opt"
        assert setup(payload(tmp_path / "p"), prefix, "unpack").returncode == 0
    finally:
        os.umask(before)
    for path in (prefix, *prefix.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o044 == 0o044, path
        if path.is_dir() or path.name == "mailward":
            assert mode & 0o011 == 0o011, path
