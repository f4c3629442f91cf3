"""Tries a package out before anybody else does: unpacks it and runs what is in it.

Nothing of this project's source tree is used, so what was forgotten to be packed is missed here.
Looks only at what the engine needs; what a panel does with its package is for that panel's tests.
"""

from __future__ import annotations

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
from packing.build import Built
from packing.recipe import PackingError

SECONDS = 120
"""How long a command of the package may take."""

Report = Callable[[str, int, int], None]
"""Told what is tried, and how many steps of how many are over."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive as a panel would.

    Raises:
        PackingError: it is damaged, or a path leads out of it.
    """
    try:
        if archive.name.endswith(".zip"):
            _unzip(archive, folder)
        else:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise PackingError(f"{archive.name}: {error}") from error


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, folder))
            mode = entry.external_attr >> 16
            if mode and path.is_file():
                path.chmod(mode & 0o777)


def check(built: Built, report: Report) -> None:
    """Unpack a package, install its files into a folder of their own, and run its commands.

    Raises:
        PackingError: something does not work; the text has what was printed.
    """
    steps = _commands()
    with tempfile.TemporaryDirectory(prefix="mailward-package-") as name:
        folder = Path(name)
        report("unpacking", 0, len(steps) + 2)
        unpack(built.archive, folder / "package")
        payload = folder / "package" / built.recipe.payload
        prefix = folder / "opt"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "MAILWARD_PREFIX": str(prefix),
            "MAILWARD_PYTHON": sys.executable,
            "MAILWARD_CONFIG": str(_config(folder)),
        }
        report("installing", 1, len(steps) + 2)
        _run((str(payload / "setup"), "unpack"), folder, environment)
        for done, (words, expected) in enumerate(steps, 2):
            report(f"mailward {words[0]}", done, len(steps) + 2)
            printed = _run((str(prefix / "bin" / "mailward"), *words), folder, environment)
            if expected not in printed:
                raise PackingError(f"mailward {' '.join(words)} does not say {expected!r}")
        report("checked", len(steps) + 2, len(steps) + 2)


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
