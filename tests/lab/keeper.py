"""Runs one server for a test, and ends it and all that it started when the test is over.

The test process holds the other end of this program's standard input. When that closes, for
whatever reason (the test asked, crashed, was interrupted or killed), the server gets SIGTERM, and
what is left of its processes a moment later SIGKILL. Servers fork into sessions of their own;
they cannot leave, because Linux hands their orphans to this process (PR_SET_CHILD_SUBREAPER,
prctl(2)).

Uses the standard library only, so that it starts fast: `python -I -S keeper.py COMMAND ...`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 0.3
"""Seconds that a server has to end after SIGTERM: nothing of what it leaves is used again."""

DEADLINE = 10.0
"""Seconds that killed processes have to disappear."""

OPEN_FILES = 4096
"""Servers close all possible files at start; a limit of a million costs Postfix two seconds."""


def children(parent: int) -> dict[int, str]:
    """The living child processes of a process: number -> program name."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            before, _, after = (entry / "stat").read_text("utf-8", "replace").rpartition(")")
            state, owner = after.split()[:2]
            if int(owner) == parent and state != "Z":
                found[int(entry.name)] = before.partition("(")[2]
    return found


def descendants(parent: int) -> dict[int, str]:
    """All processes below a process: number -> program name."""
    below = children(parent)
    for child in list(below):
        below |= descendants(child)
    return below


def main(command: list[str]) -> int:
    """Run the command until it ends or standard input closes. Returns an exit code."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    watched = os.pidfd_open(server.pid)
    select.select([sys.stdin, watched], [], [])
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        select.select([watched], [], [], PATIENCE)
    end_descendants()
    return server.wait() & 0xFF


def end_descendants() -> None:
    """Kill what is left, and wait until it is gone: orphans arrive here one by one."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = descendants(os.getpid())
        if not left:
            return
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
