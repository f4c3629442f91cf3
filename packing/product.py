"""Our own part of a package: the engine, the panel, what unpacks them, and the list of it all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from core import __version__
from packing import bill
from packing.recipe import FILE, ROOT, Folder, Recipe
from packing.tree import Tree

PAYLOAD = ROOT / "packing" / "payload"

BILL = "bill.cdx.json"
"""The bill of materials, in the product and beside each package."""

PYTHONS = b"@PYTHONS@"
"""Stands in `setup` for the versions that there are libraries for."""


def add_glue(tree: Tree, panel: str, folders: Iterable[Folder], build: int) -> None:
    """Copy a panel's own files to where the panel expects them, and fill its templates in."""
    for folder in folders:
        base = ROOT / folder.source if folder.shared else ROOT / panel / folder.source
        for file in sources(base):
            place = file.relative_to(base)
            runs = any(place.match(pattern) for pattern in folder.executable)
            path = "/".join(filter(None, (folder.to, place.as_posix())))
            if file.suffix == ".in":
                filled = fill(file.read_bytes(), {"VERSION": __version__, "BUILD": str(build)})
                tree.add(path.removesuffix(".in"), filled, executable=runs)
            else:
                tree.add(path, file, executable=runs)


def make(panel: str, recipe: Recipe, wheels: Mapping[str, list[Path]], build: int) -> Tree:
    """The product itself: code, libraries, the program that unpacks them, bill and manifest.

    Args:
        panel: the panel's folder.
        recipe: how its package is made.
        wheels: the libraries of each target, see `packing.wheels.fetch`.
        build: number of the build.
    """
    product = Tree()
    for name in dict.fromkeys(("core", recipe.module)):
        for file in sources(ROOT / name):
            if not _is_apart(file, panel, recipe):
                product.add(f"app/{file.relative_to(ROOT).as_posix()}", file)
    libraries = list({wheel.name: wheel for each in wheels.values() for wheel in each}.values())
    for wheel in libraries:
        product.add(f"wheels/{wheel.name}", wheel)
    for name in ("LICENSE", "NOTICE"):
        product.add(name, ROOT / name)
    setup = (PAYLOAD / "setup").read_bytes()
    product.add("setup", setup.replace(PYTHONS, " ".join(recipe.python).encode()), executable=True)
    product.add("unpack.py", PAYLOAD / "unpack.py")
    product.add(BILL, bill.bill(recipe.title, libraries))
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
    return product


def place(tree: Tree, product: Tree, folder: str) -> None:
    """Put the product into an archive, below a folder."""
    for piece in product:
        content = piece.source or piece.made
        tree.add(f"{folder}/{piece.path}", content, executable=piece.executable)


def fill(text: bytes, words: Mapping[str, str]) -> bytes:
    """Fill a template: each ``@WORD@`` in it becomes what it stands for."""
    for word, meaning in words.items():
        text = text.replace(f"@{word}@".encode(), meaning.encode())
    return text


def _is_apart(file: Path, panel: str, recipe: Recipe) -> bool:
    """Whether a file is of no use to the program."""
    base = ROOT / panel
    if base not in file.parents:
        return any(ROOT / name in file.parents for name in recipe.apart)
    place = file.relative_to(base)
    return place.parts[0] in recipe.apart or place.name == FILE


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
