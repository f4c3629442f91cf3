"""Writes packages for the system's own package manager: ``.deb`` and ``.rpm``, by nfpm.

nfpm (nfpm.goreleaser.com) makes both from one description, without dpkg or rpm on this machine.
Their scripts, in `packing/system`, call the product's own `setup`, which installs as everywhere.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from core import __version__
from packing import product
from packing.recipe import ROOT, SYSTEM_PAYLOAD, Archive, PackingError, Recipe
from packing.tree import Tree

SCRIPTS = ROOT / "packing" / "system"

STAGES = ("preinstall", "postinstall", "preremove", "postremove")
"""nfpm's names for what dpkg calls preinst, postinst, prerm, postrm and rpm %pre, %post, …"""

DOCUMENTS = "usr/share/doc/mailward"

MAINTAINER = "Mailward contributors"
"""As NOTICE says; without an address, because there is none to write to."""

SECONDS = 300
"""How long nfpm may take."""

Report = Callable[[int, int], None]
"""Told how many steps of how many are done."""


def words(recipe: Recipe, spec: Archive) -> dict[str, str]:
    """What the templates of `packing/system` and `packing/installer` are filled with."""
    by_package_manager = spec.form in ("deb", "rpm")
    return {
        "TITLE": recipe.title,
        "VERSION": __version__,
        "SERVER": recipe.server,
        "PRESENT": recipe.present,
        "PAYLOAD": spec.payload if by_package_manager else PurePosixPath(spec.payload).name,
    }


def write(
    recipe: Recipe,
    spec: Archive,
    tree: Tree,
    target: Path,
    moment: int,
    build: int,
    report: Report,
) -> None:
    """Write a package; the target is complete or absent.

    Args:
        recipe, spec: how it is made.
        tree: what lies in it.
        target: the file.
        moment: seconds since 1970 that every file in it bears.
        build: number of the build, by which package managers tell which of two is newer.
        report: told of the progress.

    Raises:
        PackingError: nfpm is missing or refuses.
    """
    for name in ("LICENSE", "NOTICE", "CHANGELOG.md"):
        tree.add(f"{DOCUMENTS}/{name}", ROOT / name)
    with tempfile.TemporaryDirectory(prefix="mailward-nfpm-") as name:
        folder = Path(name)
        description = _description(recipe, spec, moment, build)
        description["contents"] = _stage(tree, folder / "files", moment, report)
        description["scripts"] = {}
        for stage in STAGES:
            script = folder / stage
            script.write_bytes(product.fill((SCRIPTS / stage).read_bytes(), words(recipe, spec)))
            description["scripts"][stage] = str(script)
        config = folder / "nfpm.yaml"
        # Every JSON document is a YAML document (YAML 1.2.2, 1.2).
        config.write_text(json.dumps(description), "utf-8")
        unfinished = folder / target.name
        _run(
            (_nfpm(), "package", "-p", spec.form, "-f", str(config), "-t", str(unfinished)),
            folder,
            target.name,
        )
        part = target.with_name(target.name + ".part")
        shutil.copyfile(unfinished, part)
        part.replace(target)


def _description(recipe: Recipe, spec: Archive, moment: int, build: int) -> dict[str, Any]:
    """nfpm's own words for it (nfpm.goreleaser.com/configuration)."""
    name = f"mailward-{recipe.module}"
    return {
        "name": name,
        "arch": "all",
        "platform": "linux",
        "version": __version__,
        "release": str(build),
        "maintainer": MAINTAINER,
        "description": f"{recipe.title}: guards mail logins and outgoing mail.",
        "license": "Apache-2.0",
        "section": "mail",
        "priority": "optional",
        "mtime": _time(moment),
        # A server has one panel, and all of these packages use the same places.
        "provides": ["mailward"],
        "conflicts": ["mailward"] if spec.form == "deb" else [],
        "overrides": {
            # `setup` finds a Python by itself and says what to do where there is none; a server
            # may have one that no package manager knows.
            "deb": {"recommends": [" | ".join(f"python{v}" for v in reversed(recipe.python))]},
        },
        "deb": {"compression": "gzip"},
        "rpm": {"compression": "gzip", "buildhost": "mailward", "group": "System/Daemons"},
    }


def _stage(tree: Tree, folder: Path, moment: int, report: Report) -> list[dict[str, Any]]:
    """Lay the files out, and say of each what it is to be on the server."""
    said: dict[str, Any] = {"owner": "root", "group": "root", "mtime": _time(moment)}
    contents: list[dict[str, Any]] = [
        {"dst": f"/{each}", "type": "dir", "file_info": {**said, "mode": 0o755}}
        for each in tree.folders()
        if each.startswith((SYSTEM_PAYLOAD, DOCUMENTS))
    ]
    for done, piece in enumerate(tree, 1):
        source = folder / piece.path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(piece.content())
        mode = 0o755 if piece.executable else 0o644
        contents.append(
            {
                "src": str(source),
                "dst": f"/{piece.path}",
                "file_info": {**said, "mode": mode},
            }
        )
        report(done, len(tree))
    return contents


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _nfpm() -> str:
    """The program, which comes with the development requirements."""
    found = shutil.which("nfpm", path=str(Path(sys.executable).parent)) or shutil.which("nfpm")
    if found is None:
        raise PackingError(
            "nfpm, which makes .deb and .rpm, is not in the environment: ./dev clean"
        )
    return found


def _run(command: tuple[str, ...], folder: Path, name: str) -> None:
    try:
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackingError(f"{name}: {error}") from error
    if result.returncode:
        raise PackingError(
            f"{name}: {Path(command[0]).name}: {(result.stderr or result.stdout).strip()[-2000:]}"
        )


def unpack(package: Path, folder: Path) -> bool:
    """Unpack a package with the system's own tools, without running its scripts.

    Returns:
        False where this machine has no tool that reads it.

    Raises:
        PackingError: it is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if package.suffix == ".deb":
        if shutil.which("dpkg-deb") is None:
            return False
        _run(("dpkg-deb", "--extract", str(package), str(folder)), folder, package.name)
        return True
    if shutil.which("rpm2cpio") is None or shutil.which("cpio") is None:
        return False
    archive = folder / "content.cpio"
    with archive.open("wb") as sink:
        made = subprocess.run(("rpm2cpio", str(package)), stdout=sink, check=False)
    if made.returncode:
        raise PackingError(f"{package.name}: rpm2cpio cannot read it")
    _run(("cpio", "-idm", "--quiet", "-F", str(archive)), folder, package.name)
    archive.unlink()
    return True
