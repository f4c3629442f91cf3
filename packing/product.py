"""Our own part of a package: the engine, the panel, what unpacks them, and the list of it all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from core import __version__
from packing.recipe import ROOT, Folder, Recipe
from packing.tree import Tree

PAYLOAD = ROOT / "packing" / "payload"

VERSION, BUILD, PYTHONS = b"@VERSION@", b"@BUILD@", b"@PYTHONS@"
"""What templates are filled with."""


def add_glue(tree: Tree, panel: str, folders: Iterable[Folder], build: int) -> None:
    """Copy a panel's own files to where the panel expects them, and fill its templates in."""
    for folder in folders:
        base = ROOT / panel / folder.source
        for file in sources(base):
            place = file.relative_to(base)
            runs = any(place.match(pattern) for pattern in folder.executable)
            path = "/".join(filter(None, (folder.to, place.as_posix())))
            if file.suffix == ".in":
                filled = file.read_bytes().replace(VERSION, __version__.encode())
                filled = filled.replace(BUILD, str(build).encode())
                tree.add(path.removesuffix(".in"), filled, executable=runs)
            else:
                tree.add(path, file, executable=runs)


def add_payload(
    tree: Tree, panel: str, recipe: Recipe, wheels: Mapping[str, list[Path]], build: int
) -> None:
    """Put the product in: code, libraries, the program that unpacks them, the manifest.

    Args:
        tree: the archive.
        panel: the panel's folder.
        recipe: how its package is made.
        wheels: the libraries of each target, see `packing.wheels.fetch`.
        build: number of the build.
    """
    product = Tree()
    for name in dict.fromkeys(("core", recipe.module)):
        for file in sources(ROOT / name):
            if not _is_glue(file, panel, recipe):
                product.add(f"app/{file.relative_to(ROOT).as_posix()}", file)
    for wheel in {wheel.name: wheel for each in wheels.values() for wheel in each}.values():
        product.add(f"wheels/{wheel.name}", wheel)
    for name in ("LICENSE", "NOTICE"):
        product.add(name, ROOT / name)
    setup = (PAYLOAD / "setup").read_bytes()
    product.add("setup", setup.replace(PYTHONS, " ".join(recipe.python).encode()), executable=True)
    product.add("unpack.py", PAYLOAD / "unpack.py")
    manifest = {
        "version": __version__,
        "build": build,
        "panel": panel,
        "module": recipe.module,
        "targets": {
            target: [f"wheels/{wheel.name}" for wheel in found] for target, found in wheels.items()
        },
        "files": {piece.path: piece.sha256() for piece in product},
    }
    product.add("manifest.json", json.dumps(manifest, indent=1).encode() + b"\n")
    for piece in product:
        content = piece.source or piece.made
        tree.add(f"{recipe.payload}/{piece.path}", content, executable=piece.executable)


def _is_glue(file: Path, panel: str, recipe: Recipe) -> bool:
    """Whether a file of the panel's folder is not Python for us but material for the package."""
    base = ROOT / panel
    if base not in file.parents:
        return False
    place = file.relative_to(base)
    return place.parts[0] in {Path(folder.source).parts[0] for folder in recipe.folders} or (
        place.name == "package.toml"
    )


def sources(base: Path) -> Iterator[Path]:
    """The files below a folder that belong to the project, in order.

    Those that git knows; without git, all but what Python leaves behind.
    """
    command = ("git", "-C", str(base), "ls-files", "-z", "--cached", ".")
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout
        known = [base / name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        known = []
    if not known:
        known = [path for path in base.rglob("*") if "__pycache__" not in path.parts]
    yield from sorted(path for path in known if path.is_file())
