"""A process of the demo: started, watched over, and ended; what it says goes to a log."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo.directory import PROJECT
from demo.ending import SIGNALS, Ending
from demo.problem import DemoError

START_SECONDS = 30.0
STOP_SECONDS = 30.0
STEP = 0.03
"""Seconds between two looks at a process that is starting."""

LAST_LINES = 12

ITS_TURN = 1.0
"""Seconds within which a signal to the whole group reaches us too."""

PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def ends_with_its_parent() -> bool:
    """Make this process end when the demo's ends, however that ends; False when it has already."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


class Child:
    """One process.

    Args:
        name: what people call it, e.g. ``the daemon``.
        words: of its command, after the interpreter's.
        log: where its words go.
        ending: asked while waiting.
    """

    def __init__(self, name: str, words: list[str], log: Path, ending: Ending) -> None:
        self._name = name
        self._words = words
        self._log = log
        self._ending = ending
        self._log_begins = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, answers: Callable[[], bool]) -> None:
        """Start it and wait until it answers.

        Args:
            answers: whether it does.

        Raises:
            DemoError: it does not; with what it said.
            Interrupted: the end came first.
        """
        with self._log.open("ab") as output:
            self._log_begins = output.tell()
            self._process = subprocess.Popen(
                [sys.executable, *self._words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=PROJECT,
                start_new_session=True,  # Ctrl-C is for us; it is told when its time has come
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            self.check()
            self._ending.check()
            if time.monotonic() > deadline:
                raise DemoError(f"{self._name} does not answer\n{self._said()}")
            time.sleep(STEP)

    def check(self) -> None:
        """Make sure that it is alive.

        Raises:
            DemoError: it has died; with the end of its log.
            Interrupted: so have we been told to end. A Ctrl-C reaches a process that has begun only
                this moment before it has left our group.
        """
        if self._process is not None and self._process.poll() is not None:
            code = self._process.returncode
            if -code in SIGNALS and self._ending.wait(ITS_TURN):
                self._ending.check()
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise DemoError(f"{self._name} has ended by itself ({how}); it said:\n{self._said()}")

    def stop(self) -> None:
        """End it and wait: it writes down what it knows."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _said(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._log_begins)
            lines = log.read().decode(errors="replace").splitlines()
        shown = "\n".join(f"  {line}" for line in lines[-LAST_LINES:]) or "  nothing"
        try:
            place: Path | str = self._log.relative_to(PROJECT)
        except ValueError:
            place = self._log
        return f"{shown}\n  (all of it: {place})"
