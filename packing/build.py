"""Makes one panel's package: everything it needs on a server that has no internet."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from core import __version__
from packing import archive, product, system_package, wheels
from packing.recipe import ROOT, Archive, PackingError, Recipe, load
from packing.tree import Tree

LOCK = ROOT / "requirements.lock"
CHANGES = ROOT / "CHANGELOG.md"
INSTALLER = ROOT / "packing" / "installer" / "install.sh"

Report = Callable[[str, int, int], None]
"""Told what is done, and how many steps of how many are over."""


class Built(Struct, frozen=True):
    """A package that was made.

    Attributes:
        recipe: as it was made.
        files: an archive for each that the recipe names, in its order.
        bill: its bill of materials, a file beside them.
    """

    recipe: Recipe
    files: tuple[Path, ...]
    bill: Path

    @property
    def archive(self) -> Path:
        """The archive that the manual names: the first."""
        return self.files[0]

    def each(self) -> Iterator[tuple[Archive, Path]]:
        """What the recipe says of each archive, and the file."""
        return zip(self.recipe.archives, self.files, strict=True)


def build(
    panel: str,
    out: Path,
    cache: Path,
    report: Report,
    *,
    pythons: Collection[str] = (),
    machines: Collection[str] = (),
    forms: Collection[str] = (),
) -> Built:
    """Make a package, as all the archives that it is handed out as.

    Args:
        panel: name of the panel's folder.
        out: folder where the archives come to lie.
        cache: folder where fetched libraries are kept.
        report: told of the progress.
        pythons, machines, forms: only these; empty for all that the recipe names.

    Raises:
        PackingError: it cannot be made; the text says why.
    """
    recipe = _narrowed(load(panel), pythons, machines, forms)
    found = wheels.fetch(
        LOCK, recipe.python, recipe.machines, cache, report, without=recipe.without
    )
    number, moment = build_number(), build_moment()
    made = product.make(panel, recipe, found, number)
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for spec in recipe.archives:
        target = out / spec.file
        tree = _tree(panel, recipe, spec, made, number)
        on_step = _reporter(target.name, report)
        if spec.form in ("deb", "rpm"):
            system_package.write(recipe, spec, tree, target, moment, number, on_step)
        else:
            form = "zip" if spec.form == "zip" else "tar.gz"
            archive.write(form, tree, target, moment, on_step)
        files.append(target)
    beside = out / f"mailward-{panel}-{__version__}.{product.BILL}"
    beside.write_bytes(made.find(product.BILL).content())
    return Built(recipe, tuple(files), beside)


def _reporter(name: str, report: Report) -> Callable[[int, int], None]:
    return lambda done, total: report(name, done, total)


def _tree(panel: str, recipe: Recipe, spec: Archive, made: Tree, number: int) -> Tree:
    """What lies in one of the archives."""
    tree = Tree()
    product.add_glue(tree, panel, spec.folders, number)
    if spec.changes:
        tree.add(spec.changes, CHANGES)
    product.place(tree, made, spec.payload)
    if spec.form == "installer":
        script = product.fill(INSTALLER.read_bytes(), system_package.words(recipe, spec))
        tree.add(f"{PurePosixPath(spec.payload).parent}/install.sh", script, executable=True)
    return tree


def _narrowed(
    recipe: Recipe, pythons: Collection[str], machines: Collection[str], forms: Collection[str]
) -> Recipe:
    for what, wanted, offered in (
        ("Python", pythons, recipe.python),
        ("machine", machines, recipe.machines),
        ("form", forms, [spec.form for spec in recipe.archives]),
    ):
        unknown = sorted(set(wanted) - set(offered))
        if unknown:
            raise PackingError(f"no package is made for {what} {unknown[0]}")
    return msgspec.structs.replace(
        recipe,
        python=tuple(v for v in recipe.python if not pythons or v in pythons),
        machines=tuple(v for v in recipe.machines if not machines or v in machines),
        archives=tuple(s for s in recipe.archives if not forms or s.form in forms),
    )


def build_number() -> int:
    """The number of the build, which grows: how many changes the project has seen.

    Raises:
        PackingError: there is no history to count.
    """
    given = os.environ.get("MAILWARD_BUILD", "")
    return int(given) if given.isdigit() else int(_git("rev-list", "--count", "HEAD"))


def build_moment() -> int:
    """Seconds since 1970 that all files in packages bear: when the project was changed last.

    ``SOURCE_DATE_EPOCH`` overrides it, as reproducible-builds.org specifies.

    Raises:
        PackingError: there is no history to look at.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) if given.isdigit() else int(_git("log", "-1", "--format=%ct"))


def _git(*words: str) -> str:
    try:
        result = subprocess.run(
            ("git", "-C", str(ROOT), *words), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise PackingError(
            "the project's history cannot be read; set MAILWARD_BUILD and SOURCE_DATE_EPOCH"
        ) from error
    return result.stdout.strip()
