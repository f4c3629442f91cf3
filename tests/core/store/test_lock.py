"""Two processes never hold the same file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.store.lock import lock, same_file

HOLD = """
import os, sys
from core.store.lock import lock
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
print(lock(descriptor), flush=True)
sys.stdin.read()
"""


def test_another_process_is_kept_out_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        descriptor = os.open(path, os.O_RDWR)
        try:
            assert not lock(descriptor)
            assert not lock(descriptor, wait=0.05)
            holder.kill()
            assert lock(descriptor, wait=10.0)
        finally:
            os.close(descriptor)


def test_same_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    descriptor = os.open(path, os.O_RDWR)
    try:
        assert same_file(descriptor, path)
        path.rename(tmp_path / "moved")
        assert not same_file(descriptor, path)
        path.write_bytes(b"")
        assert not same_file(descriptor, path)
    finally:
        os.close(descriptor)
