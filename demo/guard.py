"""Starts the daemon's process, watches over it, and ends it."""

from __future__ import annotations

import subprocess
import sys
import time

from core.control import Control
from core.errors import ControlError, DaemonUnreachable
from core.settings.config import Config
from demo.directory import PROJECT, Directory
from demo.ending import SIGNALS, Ending
from demo.problem import DemoError

START_SECONDS = 30.0
STOP_SECONDS = 30.0
STEP = 0.03
"""Seconds between two looks at a daemon that is starting."""

LAST_LINES = 12

ITS_TURN = 1.0
"""Seconds within which a signal to the whole group reaches us too."""


class DoorClosed(DemoError):
    """The daemon runs, but one of its doors does not open."""


class Guard:
    """The daemon's process.

    Args:
        directory: where it lives.
        config: what is in its configuration.
        ending: asked while waiting.
    """

    def __init__(self, directory: Directory, config: Config, ending: Ending) -> None:
        self.control = Control(config.control)
        self._config = config
        self._directory = directory
        self._ending = ending
        self._log_begins = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            DoorClosed: it does, but not at all its doors.
            DemoError: it does not; with what it said.
            Interrupted: the end came first.
        """
        log = self._directory.daemon_log
        with log.open("ab") as output:
            self._log_begins = output.tell()
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "demo.daemon",
                    str(self._directory.config_file),
                    str(self._directory.notices),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=PROJECT,
                start_new_session=True,  # Ctrl-C is for us; it is told when its time has come
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            self.check()
            self._ending.check()
            if time.monotonic() > deadline:
                raise DemoError(f"the daemon does not answer\n{self._said()}")
            time.sleep(STEP)

    def _answers(self) -> bool:
        try:
            status = self.control.call("status")
        except DaemonUnreachable:
            return False
        except ControlError as error:
            raise DemoError(f"the daemon does not know itself: {error}") from error
        closed = [text for part, text in status["problems"].items() if part.startswith("door ")]
        if closed:
            raise DoorClosed(f"a door of the daemon stays closed: {'; '.join(closed)}")
        return True

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
            raise DemoError(f"the daemon has ended by itself ({how}); it said:\n{self._said()}")

    def stop(self) -> None:
        """End it and wait: it writes down what it knows."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for left in self._config.run.glob("*.sock"):  # of a daemon that was killed
            left.unlink()

    def _said(self) -> str:
        with self._directory.daemon_log.open("rb") as log:
            log.seek(self._log_begins)
            lines = log.read().decode(errors="replace").splitlines()
        shown = "\n".join(f"  {line}" for line in lines[-LAST_LINES:]) or "  nothing"
        return f"{shown}\n  (all of it: {self._directory.shown}/log/daemon.log)"
