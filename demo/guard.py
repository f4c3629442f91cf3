"""The daemon's process, and what it answers."""

from __future__ import annotations

from core.control import Control
from core.errors import ControlError, DaemonUnreachable
from core.settings.config import Config
from demo.child import Child
from demo.directory import Directory
from demo.ending import Ending
from demo.problem import DemoError


class DoorClosed(DemoError):
    """The daemon runs, but one of its doors does not open."""


class Guard:
    """The daemon.

    Args:
        directory: where it lives.
        config: what is in its configuration.
        ending: asked while waiting.
    """

    def __init__(self, directory: Directory, config: Config, ending: Ending) -> None:
        self.control = Control(config.control)
        self._config = config
        words = ["-m", "demo.daemon", str(directory.config_file), str(directory.notices)]
        self._child = Child("the daemon", words, directory.daemon_log, ending)

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            DoorClosed: it does, but not at all its doors.
            DemoError: it does not; with what it said.
            Interrupted: the end came first.
        """
        self._child.start(self._answers)

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
            DemoError, Interrupted: as `Child.check`.
        """
        self._child.check()

    def stop(self) -> None:
        """End it and wait: it writes down what it knows."""
        self._child.stop()
        for left in self._config.run.glob("*.sock"):  # of a daemon that was killed
            left.unlink()
