"""What a panel's `package.toml` says: the only place where a package's form is written down."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parent.parent
"""The project."""

FILE = "package.toml"


class PackingError(Exception):
    """A package cannot be made; the text says why."""


class Folder(Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """A folder of the panel's that is copied into the package.

    Attributes:
        source: below the panel's folder. A file whose name ends in ``.in`` is a template: it loses
            that ending, and ``@VERSION@`` and ``@BUILD@`` in it are filled in.
        to: where it comes to lie in the archive, "" for its root.
        executable: patterns of files that can be run, as `PurePosixPath.match` takes them.
    """

    source: str
    to: str = ""
    executable: tuple[str, ...] = ()


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """How one package is made.

    Attributes:
        title: for people.
        file: name of the archive; ``{version}`` is filled in.
        form: what kind of archive.
        module: the Python package that is run as the command ``mailward``.
        payload: where the product lies in the archive.
        changes: where the changelog is to lie in the archive, "" for nowhere.
        folders: foreign glue that is copied.
        without: locked libraries that are left out.
        python: versions of CPython that it brings libraries for.
        machines: processors likewise.
    """

    title: str
    file: str
    form: Literal["zip", "tar.gz"]
    module: str
    payload: str
    changes: str = ""
    folders: tuple[Folder, ...] = ()
    without: tuple[str, ...] = ()
    python: tuple[str, ...] = ("3.11", "3.12", "3.13")
    machines: tuple[str, ...] = ("x86_64", "aarch64")


def panels(root: Path = ROOT) -> list[str]:
    """Names of the panels that have a package."""
    return sorted(file.parent.name for file in root.glob(f"*/{FILE}"))


def load(panel: str, root: Path = ROOT) -> Recipe:
    """A panel's recipe.

    Raises:
        PackingError: there is none, or it is wrong.
    """
    file = root / panel / FILE
    try:
        recipe = msgspec.toml.decode(file.read_bytes(), type=Recipe)
    except FileNotFoundError as error:
        known = ", ".join(panels(root)) or "none yet"
        raise PackingError(f"{panel}: has no {FILE}; packages: {known}") from error
    except msgspec.DecodeError as error:
        raise PackingError(f"{panel}/{FILE}: {error}") from error
    for place in (recipe.payload, recipe.changes, *(folder.to for folder in recipe.folders)):
        _check_place(f"{panel}/{FILE}", place)
    if not re.fullmatch(r"[a-z]+", recipe.module):
        raise PackingError(f"{panel}/{FILE}: module: {recipe.module!r} is no name of a package")
    return recipe


def _check_place(file: str, place: str) -> None:
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts:
        raise PackingError(f"{file}: {place!r} leads out of the archive")
