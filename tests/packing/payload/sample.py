"""A package's payload with a small program in it, and ways to run what is unpacked from it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parents[3] / "packing" / "payload"
TARGET = f"{sys.version_info[0]}.{sys.version_info[1]}-{platform.machine()}"

PROGRAM = """
import os, sys
from library import ANSWER

def main():
    print("{version}", ANSWER, *sys.argv[1:], *sorted(set(sys.path) - {{""}}), sep="|")
    calls = os.environ.get("SAMPLE_CALLS")
    if calls:
        with open(calls, "a") as file:
            print("{version}", *sys.argv[1:], os.environ.get("MAILWARD_COMMAND"), file=file)
    return int(os.environ.get("SAMPLE_CODE", "7"))
"""
"""Writes down how it was called; ends with 7, or as it is told."""


def payload(folder: Path, version: str = "1.0", target: str = TARGET) -> Path:
    """A package's payload with a small program and a library in it."""
    folder.mkdir(parents=True)
    wheel = folder / "wheels" / "library-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("library.py", "ANSWER = 42\n")
        archive.writestr("library-1.0.data/scripts/tool", "#!python\n")
        archive.writestr("library-1.0.data/platlib/native.py", "")
    for name, text in (("app/tool/__init__.py", ""), ("app/tool/__main__.py", PROGRAM)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.format(version=version), "utf-8")
    setup = (SHIPPED / "setup").read_text("utf-8").replace("@PYTHONS@", TARGET.partition("-")[0])
    (folder / "setup").write_text(setup, "utf-8")
    (folder / "setup").chmod(0o755)
    shutil.copy(SHIPPED / "unpack.py", folder)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    manifest: dict[str, Any] = {
        "version": version,
        "build": 1,
        "module": "tool",
        "targets": {target: ["wheels/library-1.0-py3-none-any.whl"]},
        "files": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def setup(
    package: Path, prefix: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a package's setup."""
    return subprocess.run(
        (str(package / "setup"), *words),
        env={
            "PATH": os.environ["PATH"],
            "MAILWARD_PREFIX": str(prefix),
            "MAILWARD_PYTHON": sys.executable,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def run(prefix: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run what was unpacked, in surroundings that would mislead a Python that listens to them."""
    return subprocess.run(
        (str(prefix / "bin" / "mailward"), *words),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "/nowhere", "PYTHONHOME": ""},
        capture_output=True,
        text=True,
        check=False,
    )
