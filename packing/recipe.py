"""What a panel's `package.toml` says: the only place where a package's form is written down."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from core import __version__

ROOT = Path(__file__).parent.parent
"""The project."""

FILE = "package.toml"

Form = Literal["zip", "tar.gz", "installer", "deb", "rpm"]

NAMES: Final = {
    "installer": "mailward-{panel}-{version}.tar.gz",
    "deb": "mailward-{panel}_{version}_all.deb",
    "rpm": "mailward-{panel}-{version}.noarch.rpm",
}
"""What archives are called whose form says it."""

SYSTEM_PAYLOAD: Final = "usr/share/mailward"
"""Where the system's package manager puts the product, from which it is installed."""

PAYLOADS: Final = {
    "installer": "mailward-{panel}-{version}/payload",
    "deb": SYSTEM_PAYLOAD,
    "rpm": SYSTEM_PAYLOAD,
}
"""Where the product lies in archives whose form says it."""

CHANGES: Final = {"installer": "mailward-{panel}-{version}/CHANGELOG.md"}
"""Where the changelog lies in archives whose form says it: where whoever unpacks it looks first.
The system's package managers have a place of their own for documents."""

CHECKED: Final = frozenset(PAYLOADS)
"""Forms that look for the panel before they change anything."""


class PackingError(Exception):
    """A package cannot be made; the text says why."""


class Folder(Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """A folder that is copied into the package.

    Attributes:
        source: below the panel's folder, or the project's where it is `shared`. A file whose name
            ends in ``.in`` is a template: it loses that ending, and ``@VERSION@`` and ``@BUILD@``
            in it are filled in.
        to: where it comes to lie in the archive, "" for its root.
        executable: patterns of files that can be run, as `PurePosixPath.match` takes them.
        shared: it is not the panel's alone.
    """

    source: str
    to: str = ""
    executable: tuple[str, ...] = ()
    shared: bool = False


class Archive(Struct, frozen=True, forbid_unknown_fields=True):
    """One file that a package is handed out as.

    Attributes:
        form: ``installer`` is a tar.gz with `packing/installer/install.sh`, for whoever has a root
            shell; ``deb`` and ``rpm`` are for the system's own package manager; ``zip`` and
            ``tar.gz`` hold what the recipe says and nothing more, for a panel's own installer.
        file: its name; ``{version}`` is filled in. Where it is left out, the form's own.
        payload: where the product lies in it; where it is left out, the form's own.
        changes: where the changelog is to lie in it; where it is left out, the form's own place.
        folders: foreign glue that is copied into it.
    """

    form: Form
    file: str = ""
    payload: str = ""
    changes: str = ""
    folders: tuple[Folder, ...] = ()


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """How one panel's package is made.

    Attributes:
        title: for people.
        module: the Python package that is run as the command ``mailward``.
        archives: what it is handed out as; the first is the one that the manual names.
        server: what people call the panel, as in "This server has no cPanel".
        present: a file that every server with this panel has. An ``installer``, a ``deb`` and an
            ``rpm`` look for it before they change anything, and need both words.
        apart: folders of the panel's that the program has no use for, so that they lie in archives
            only and not beside its code; and those of the engine's, as ``core/…``, that are for
            other panels.
        without: locked libraries that are left out.
        python: versions of CPython that it brings libraries for.
        machines: processors likewise.
    """

    title: str
    module: str
    archives: Annotated[tuple[Archive, ...], Meta(min_length=1)]
    server: str = ""
    present: str = ""
    apart: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    python: tuple[str, ...] = ("3.11", "3.12", "3.13")
    machines: tuple[str, ...] = ("x86_64", "aarch64")


def panels(root: Path = ROOT) -> list[str]:
    """Names of the panels that have a package."""
    return sorted(file.parent.name for file in root.glob(f"*/{FILE}"))


def load(panel: str, root: Path = ROOT) -> Recipe:
    """A panel's recipe, with everything filled in that its forms say themselves.

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
    archives = tuple(_filled(each, panel) for each in recipe.archives)
    recipe = msgspec.structs.replace(recipe, archives=archives)
    try:
        _check(recipe)
    except PackingError as error:
        raise PackingError(f"{panel}/{FILE}: {error}") from error
    return recipe


def _filled(archive: Archive, panel: str) -> Archive:
    """The archive with what its form says, and with panel and version in its names."""
    words = {"panel": panel, "version": __version__}
    file = archive.file or NAMES.get(archive.form, "")
    payload = archive.payload or PAYLOADS.get(archive.form, "")
    changes = archive.changes or CHANGES.get(archive.form, "")
    return msgspec.structs.replace(
        archive,
        file=file.format(**words),
        payload=payload.format(**words),
        changes=changes.format(**words),
    )


def _check(recipe: Recipe) -> None:
    if not re.fullmatch(r"[a-z]+", recipe.module):
        raise PackingError(f"module: {recipe.module!r} is no name of a package")
    for archive in recipe.archives:
        if not archive.file or not archive.payload:
            raise PackingError(f"form {archive.form}: file and payload must be said")
        if archive.form in CHECKED and not (recipe.server and recipe.present.startswith("/")):
            raise PackingError(f"form {archive.form}: server and present must be said")
        if Path(archive.file).name != archive.file:
            raise PackingError(f"file: {archive.file!r} is not the name of a file")
        for place in (archive.payload, archive.changes, *(each.to for each in archive.folders)):
            path = PurePosixPath(place)
            if path.is_absolute() or ".." in path.parts:
                raise PackingError(f"{place!r} leads out of the archive")
    files = [archive.file for archive in recipe.archives]
    if len(set(files)) < len(files):
        raise PackingError("two archives have the same name")
