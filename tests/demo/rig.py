"""A demo in a process of its own, as a person starts it, and what it might leave behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.machine import RUNNING

PROJECT = Path(__file__).parents[2]
TIMEOUT = 90.0
STEP = 0.02

_DECISION = re.compile(
    r"^\d\d:\d\d:\d\d (?P<word>\w+) +(?P<stage>\w+) +(?P<service>\w+) +(?P<rest>.+)$", re.MULTILINE
)


class Demo:
    """One run; the end of the block ends it, whatever happened.

    Attributes:
        directory: its directory.
        output: what it printed, once `finish` has returned.
    """

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.output = ""
        self._file = directory.with_suffix(".out")
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
        with self._file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo", "--directory", str(directory), *arguments],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    def printed(self) -> str:
        """What it has printed so far."""
        return self._file.read_text(encoding="utf-8")

    def await_true(self, condition: Callable[[], bool]) -> None:
        """Return as soon as the condition holds."""
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            assert self.process.poll() is None, f"it ended too early\n{self.printed()}"
            assert time.monotonic() < deadline, f"not in {TIMEOUT} seconds\n{self.printed()}"
            time.sleep(STEP)

    def interrupt_group(self) -> None:
        """Ctrl-C, as a terminal does it: to the demo and all that it has not set apart."""
        os.killpg(self.process.pid, signal.SIGINT)

    def finish(self) -> int:
        """Wait for its end; returns the exit code."""
        code = self.process.wait(TIMEOUT)
        self.output = self.printed()
        return code

    def decisions(self) -> list[tuple[str, str, str, str]]:
        """Verdict, stage, service and the rest of each printed decision."""
        return [
            (found["word"], found["stage"], found["service"], found["rest"])
            for found in _DECISION.finditer(self.output)
        ]

    def left_behind(self) -> list[str]:
        """Processes, sockets and folders of servers that should be gone."""
        machines = str(RUNNING / f"{self.process.pid:x}-")
        found = [
            f"process {entry.name}: {_command(entry)}"
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit()
            and (str(self.directory) in _command(entry) or _root(entry).startswith(machines))
        ]
        found += [f"socket {path}" for path in (self.directory / "run").glob("*")]
        found += [f"folder {path}" for path in RUNNING.glob(f"{self.process.pid:x}-*")]
        return found

    def __enter__(self) -> Self:
        """It, starting."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it gently, then firmly."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _root(entry: Path) -> str:
    """The root folder of a process: that of a machine of the lab, for its servers."""
    try:
        return str((entry / "root").readlink())
    except OSError:
        return ""
