"""Makes one panel's package: everything it needs on a server that has no internet."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec
from msgspec import Struct

from core import __version__
from packing import archive, bill, product, wheels
from packing.recipe import ROOT, PackingError, Recipe, load
from packing.tree import Tree

LOCK = ROOT / "requirements.lock"
CHANGES = ROOT / "CHANGELOG.md"

Report = Callable[[str, int, int], None]
"""Told what is done, and how many steps of how many are over."""


class Built(Struct, frozen=True):
    """A package that was made.

    Attributes:
        recipe: as it was made.
        archive: the file.
        bill: its bill of materials, a file beside it.
    """

    recipe: Recipe
    archive: Path
    bill: Path


def build(
    panel: str,
    out: Path,
    cache: Path,
    report: Report,
    *,
    pythons: Collection[str] = (),
    machines: Collection[str] = (),
) -> Built:
    """Make a package.

    Args:
        panel: name of the panel's folder.
        out: folder where the archive comes to lie.
        cache: folder where fetched libraries are kept.
        report: told of the progress.
        pythons, machines: only these; empty for all that the recipe names.

    Raises:
        PackingError: it cannot be made; the text says why.
    """
    recipe = load(panel)
    recipe = _narrowed(recipe, pythons, machines)
    found = wheels.fetch(
        LOCK, recipe.python, recipe.machines, cache, report, without=recipe.without
    )
    number, moment = build_number(), build_moment()
    tree = Tree()
    product.add_glue(tree, panel, recipe.folders, number)
    if recipe.changes:
        tree.add(recipe.changes, CHANGES)
    product.add_payload(tree, panel, recipe, found, number)
    materials = bill.bill(recipe.title, [wheel for each in found.values() for wheel in each])
    tree.add(f"{recipe.payload}/bill.cdx.json", materials)
    out.mkdir(parents=True, exist_ok=True)
    target = out / recipe.file.format(version=__version__)
    archive.write(
        recipe.form, tree, target, moment, lambda done, all_: report(target.name, done, all_)
    )
    beside = target.with_name(target.name + ".cdx.json")
    beside.write_bytes(materials)
    return Built(recipe, target, beside)


def _narrowed(recipe: Recipe, pythons: Collection[str], machines: Collection[str]) -> Recipe:
    for what, wanted, offered in (
        ("Python", pythons, recipe.python),
        ("machine", machines, recipe.machines),
    ):
        unknown = sorted(set(wanted) - set(offered))
        if unknown:
            raise PackingError(f"no package is made for {what} {unknown[0]}")
    return msgspec.structs.replace(
        recipe,
        python=tuple(v for v in recipe.python if not pythons or v in pythons),
        machines=tuple(v for v in recipe.machines if not machines or v in machines),
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
