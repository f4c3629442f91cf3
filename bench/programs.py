"""The C programs of the measurements, built once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BIN = HERE / "bin"
SOURCES = {
    "policyload": sorted((HERE / "policyload").glob("*.[ch]")),
    "constant": [HERE / "constant.c"],
}


def build() -> None:
    """Compile what is missing or old; needs a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("a C compiler is needed to measure: as root, apt-get install gcc libc6-dev")
    BIN.mkdir(exist_ok=True)
    for name, sources in SOURCES.items():
        program = BIN / name
        newest = max(source.stat().st_mtime for source in sources)
        if not program.exists() or program.stat().st_mtime < newest:
            compiled = [source for source in sources if source.suffix == ".c"]
            subprocess.run([compiler, "-O2", "-o", program, *compiled], check=True)
