"""The locked libraries as wheels, for each Python and each processor that a package is made for.

pip fetches them, and takes only what has the checksum of the lock file, so that a mirror can slow a
build and not change it. What was fetched is kept; nothing is ever built from source.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from packing.recipe import PackingError

GLIBC = ("manylinux2014", "manylinux_2_17")
"""Both names of what runs on glibc 2.17 and newer (PEP 599, PEP 600): all servers since 2014."""

Report = Callable[[str, int, int], None]
"""Told what is fetched, and how many steps of how many are done."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def fetch(
    lock: Path,
    pythons: Collection[str],
    machines: Collection[str],
    cache: Path,
    report: Report,
    *,
    without: Collection[str] = (),
) -> dict[str, list[Path]]:
    """Make sure that all wheels are there.

    Args:
        lock: the lock file, with hashes.
        pythons: versions such as ``3.11``.
        machines: processors such as ``x86_64``.
        cache: folder where they are kept.
        report: told of the progress.
        without: names of libraries that are not wanted.

    Returns:
        The wheels of each target, whose name is as in ``3.11-x86_64``.

    Raises:
        PackingError: one cannot be had; the text is pip's last words.
    """
    text = select(lock.read_text("utf-8"), without)
    targets = [(python, machine) for python in pythons for machine in machines]
    found = {}
    for done, (python, machine) in enumerate(targets):
        name = f"{python}-{machine}"
        report(f"libraries for Python {python} on {machine}", done, len(targets))
        found[name] = _fetch(text, python, machine, cache / name)
    report("libraries", len(targets), len(targets))
    return found


def select(lock: str, without: Iterable[str]) -> str:
    """The lock file's text without some libraries.

    Raises:
        PackingError: a library that is to be left out is not locked at all.
    """
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    unwanted = set(without)
    known = {match[0] for entry in entries if (match := _NAME.match(entry))}
    if not unwanted <= known:
        raise PackingError(f"not locked: {', '.join(sorted(unwanted - known))}")
    return "".join(
        entry for entry in entries if not (m := _NAME.match(entry)) or m[0] not in unwanted
    )


def _fetch(lock: str, python: str, machine: str, folder: Path) -> list[Path]:
    stamp = folder / "lock"
    if stamp.exists() and stamp.read_text("utf-8") == lock:
        return sorted(folder.glob("*.whl"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in (stamp, *folder.glob("*.whl")):
        old.unlink(missing_ok=True)
    platforms = [word for name in GLIBC for word in ("--platform", f"{name}_{machine}")]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as wanted:
        wanted.write(lock)
        wanted.flush()
        command = (
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", wanted.name),
            *("--implementation", "cp", "--python-version", python, *platforms),
            *("--dest", str(folder)),
        )
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
        reason = "; ".join(said) or result.stderr.strip()[-500:]
        raise PackingError(f"Python {python} on {machine}: {reason}")
    stamp.write_text(lock, "utf-8")
    return sorted(folder.glob("*.whl"))
