"""Fetches packages of a Debian release into the lab: once, completely, safely beside others."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import skeleton
from tests.lab.archive import download
from tests.lab.release import LAB, LabUnavailableError, Release, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.archive import Report

STAMP = ".lab-stamp.json"
LEFT_OUT = (
    *(f"./usr/share/{name}" for name in ("bug", "doc", "info", "lintian", "locale", "man")),
    "./usr/lib/postgresql/*/lib/bitcode",
)
"""Never unpacked: nothing in the lab reads them."""


def silent(_step: str, _done: int, _total: int) -> None:
    """A report to nobody."""


def fetch(tree: Tree, report: Report = silent) -> dict[str, str]:
    """Make sure that a tree is unpacked below its `root`. At once when it already is.

    Several processes may call this at the same time; one works, the others wait for it. A fetch
    that was interrupted starts anew and takes the packages that it already has.

    Returns package name -> version. Raises LabUnavailableError when this machine cannot have it.
    """
    codename = require_debian()
    with locked(tree, report):
        stamp = read_stamp(tree)
        if stamp is None:
            stamp = _build(tree, codename, report)
    return stamp


def read_stamp(tree: Tree) -> dict[str, str] | None:
    """What is unpacked: package -> version. None if nothing is, or by an older recipe."""
    try:
        stamp = json.loads((tree.root / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if stamp.get("recipe") != _recipe(tree):
        return None
    packages: dict[str, str] = stamp["packages"]
    return packages


def require_debian() -> str:
    """The codename of this machine's Debian. Raises LabUnavailableError if it is something else."""
    if os.name != "posix" or os.geteuid() != 0:
        raise LabUnavailableError(
            "the lab needs root (it unpacks servers and runs them in chroots)"
        )
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    if system.get("ID") != "debian":
        raise LabUnavailableError(f"the lab needs Debian; this is {system.get('ID', 'not Linux')}")
    for tool in ("apt-get", "dpkg-deb", "tar", "chroot", "cp"):
        if shutil.which(tool) is None:
            raise LabUnavailableError(f"the lab needs {tool}, which this machine lacks")
    return system.get("VERSION_CODENAME", "")


@contextlib.contextmanager
def locked(tree: Tree, report: Report = silent, *, shared: bool = False) -> Iterator[None]:
    """Hold a tree's lock: alone to build it, shared to copy from it."""
    LAB.mkdir(exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with (LAB / f"{tree.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another fetch", 0, 1)
            fcntl.flock(file, kind)
        yield


def _build(tree: Tree, machine_codename: str, report: Report) -> dict[str, str]:
    work, fresh = LAB / "apt" / tree.name, LAB / f"{tree.name}.new"
    packages = download(tree, machine_codename, work, report)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    skeleton.make_merged_usr(fresh)
    for number, package in enumerate(packages):
        report("unpacking", number, len(packages))
        _unpack(package, fresh)
    report("finishing", 0, 1)
    if isinstance(tree, Release):
        skeleton.finish(fresh)
    versions = dict(_name_and_version(package) for package in packages)
    stamp = {"recipe": _recipe(tree), "packages": versions}
    (fresh / STAMP).write_text(json.dumps(stamp, indent=1), "utf-8")
    shutil.rmtree(tree.root, ignore_errors=True)
    fresh.rename(tree.root)
    shutil.rmtree(work)
    return versions


def _unpack(package: Path, root: Path) -> None:
    """Unpack one `.deb`. `dpkg -x` would put a folder where the merged /usr has a link."""
    tar = ["tar", "-x", "-C", str(root), "--keep-directory-symlink", "--numeric-owner"]
    tar += [f"--exclude={path}" for path in LEFT_OUT]
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
    ) as archive:
        subprocess.run(tar, stdin=archive.stdout, check=True)
    if archive.returncode:
        raise LabUnavailableError(f"{package.name} is damaged")


def _name_and_version(package: Path) -> tuple[str, str]:
    """From a file name as apt makes it: `postfix_3.7.11-0+deb12u1_amd64.deb`, `:` as `%3a`."""
    name, version, _ = package.name.split("_", 2)
    return name, version.replace("%3a", ":")


def _recipe(tree: Tree) -> str:
    """Changes whenever this code would unpack something else."""
    here = Path(__file__).parent
    digest = hashlib.sha256(repr(tree).encode())
    for name in ("archive.py", "debian.py", "skeleton.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()
