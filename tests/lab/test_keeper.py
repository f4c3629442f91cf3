"""A kept server ends with its owner, however the owner ends and wherever the server hides."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import keeper
from tests.lab.readiness import await_true

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")

DAEMON = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    time.sleep(600)
os.setsid()
if os.fork():
    os._exit(0)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""
"""Ignores SIGTERM, and leaves a child in a session of its own."""

OWNER = """
import subprocess, sys, time
subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=subprocess.PIPE)
time.sleep(600)
"""


def is_alive(number: int) -> bool:
    """Whether the process exists and is no corpse."""
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


def no_log() -> str:
    """Nothing to show."""
    return ""


def test_a_server_that_escaped_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "number"
    kept = [keeper.__file__, sys.executable, "-c", DAEMON, str(note)]
    owner = subprocess.Popen([sys.executable, "-c", OWNER, *kept])
    await_true(lambda: note.exists() and note.read_text("utf-8") != "", "the daemon", no_log)
    daemon = int(note.read_text("utf-8"))
    guards = keeper.children(owner.pid)
    assert is_alive(daemon)
    owner.kill()
    owner.wait()
    await_true(lambda: not is_alive(daemon), "the daemon's end", no_log)
    await_true(lambda: not any(is_alive(number) for number in guards), "its guard's end", no_log)


def test_a_server_that_fails_ends_its_keeper_with_its_code() -> None:
    command = [sys.executable, keeper.__file__, "sh", "-c", "exit 7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as kept:
        assert kept.wait(timeout=30) == 7


def test_the_children_of_a_process_are_found_by_name() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        try:
            await_true(
                lambda: keeper.children(os.getpid()).get(child.pid) == "sleep", "the child", no_log
            )
        finally:
            child.kill()
    assert child.pid not in keeper.children(os.getpid())
