"""The C programs of the measurements: built once, run, and read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
BIN = HERE / "bin"


def build() -> None:
    """Compile what is missing or old; needs a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("a C compiler is needed to measure: as root, apt-get install gcc libc6-dev")
    BIN.mkdir(exist_ok=True)
    for name in ("policyload", "constant"):
        source, program = HERE / f"{name}.c", BIN / name
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([compiler, "-O2", "-o", program, source, "-lm"], check=True)


def load(*arguments: str | Path) -> dict[str, Any]:
    """Run the load generator and read its one line of JSON."""
    done = subprocess.run(
        [BIN / "policyload", *arguments], capture_output=True, text=True, check=True, timeout=300
    )
    return msgspec.json.decode(done.stdout, type=dict[str, Any])
