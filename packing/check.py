"""Tries a package out before anybody else does: unpacks it and runs what is in it.

Nothing of this project's source tree is used, so what was forgotten to be packed is missed here.
Looks only at what the engine needs; what a panel does with its package is for that panel's tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from core import __version__
from packing import system_package
from packing.build import Built
from packing.recipe import Archive, PackingError, Recipe

SECONDS = 120
"""How long a command of the package may take."""

Report = Callable[[str, int, int], None]
"""Told what is tried, and how many steps of how many are over."""


def unpack(archive: Path, folder: Path) -> bool:
    """Unpack an archive as a panel would.

    Returns:
        False where this machine cannot read archives of that kind.

    Raises:
        PackingError: it is damaged, or a path leads out of it.
    """
    try:
        if archive.name.endswith(".zip"):
            _unzip(archive, folder)
        elif archive.name.endswith((".deb", ".rpm")):
            return system_package.unpack(archive, folder)
        else:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise PackingError(f"{archive.name}: {error}") from error
    return True


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, folder))
            mode = entry.external_attr >> 16
            if mode and path.is_file():
                path.chmod(mode & 0o777)


def check(built: Built, report: Report) -> None:
    """Unpack every archive of a package; install the files of the first, and run its commands.

    Raises:
        PackingError: something does not work; the text has what was printed.
    """
    steps = _commands()
    total = len(steps) + len(built.files) + 1
    with tempfile.TemporaryDirectory(prefix="mailward-package-") as name:
        folder = Path(name)
        for done, (spec, file) in enumerate(built.each()):
            report(f"unpacking {file.name}", done, total)
            if unpack(file, folder / spec.form):
                _look(built.recipe, spec, folder)
            else:
                report(f"{file.name}: no tool here reads it", done, total)
        done = len(built.files)
        first = built.recipe.archives[0]
        prefix = folder / "opt"
        environment = {
            **_plain_environment(),
            "MAILWARD_PREFIX": str(prefix),
            "MAILWARD_PYTHON": sys.executable,
            "MAILWARD_CONFIG": str(_config(folder)),
        }
        report("installing", done, total)
        setup = folder / first.form / first.payload / "setup"
        _run((str(setup), "unpack"), folder, environment)
        for words, expected in steps:
            done += 1
            report(f"mailward {words[0]}", done, total)
            printed = _run((str(prefix / "bin" / "mailward"), *words), folder, environment)
            if expected not in printed:
                raise PackingError(f"mailward {' '.join(words)} does not say {expected!r}")
        report("checked", total, total)


def _look(recipe: Recipe, spec: Archive, folder: Path) -> None:
    """Whether an archive holds the whole product, and its installer speaks."""
    payload = folder / spec.form / spec.payload
    manifest = json.loads((payload / "manifest.json").read_text("utf-8"))
    for name, expected in manifest["files"].items():
        file = payload / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != expected:
            raise PackingError(f"{spec.file}: {name} is missing or damaged")
    if spec.form == "installer":
        printed = _run(("sh", str(payload.parent / "install.sh"), "-h"), folder, os.environ)
        if recipe.title not in printed or "-l KEY" not in printed:
            raise PackingError(f"{spec.file}: install.sh does not say what it is for")


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _commands() -> list[tuple[tuple[str, ...], str]]:
    """What is run, and what must be in its output."""
    return [
        (("--version",), __version__),
        (("set", "country.mode", "allow"), "country.mode"),
        (("set", "country.list", "DE"), "DE"),
        (("explain", "8.8.8.8", "--port", "587", "--json"), '"US"'),
        (("settings", "--markdown"), "country.mode"),
    ]


def _config(folder: Path) -> Path:
    places = {name: str(folder / name) for name in ("state", "run", "log")}
    file = folder / "mailward.toml"
    lines = (f"{name} = {json.dumps(path)}\n" for name, path in places.items())
    file.write_text("[paths]\n" + "".join(lines), "utf-8")
    return file


def _run(command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> str:
    try:
        result = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackingError(f"{Path(command[0]).name}: {error}") from error
    if result.returncode:
        said = (result.stderr or result.stdout).strip()[-2000:]
        raise PackingError(f"{' '.join(map(str, command[:3]))} failed:\n{said}")
    return result.stdout
