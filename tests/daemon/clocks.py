"""Clocks that a test can set: the wall clock may jump, the steady one may be ahead by hours."""

from __future__ import annotations

from pathlib import Path

_PRELUDE = """\
import time
def moved(clock, name):
    def read():
        try:
            with open({directory!r} + "/" + name) as file:
                return clock() + float(file.read() or 0)
        except FileNotFoundError:
            return clock()
    return read
time.time = moved(time.time, "wall")
time.monotonic = moved(time.monotonic, "steady")
"""


class Clocks:
    """The clocks of a daemon, from its start on or while it runs.

    Args:
        directory: where the test keeps how far they are off.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def prelude(self) -> str:
        """What the daemon's process runs first."""
        return _PRELUDE.format(directory=str(self._directory))

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the clock: so far from the right time."""
        self._set("wall", seconds)

    def set_steady(self, seconds: float) -> None:
        """Time passes that the wall clock, wherever it was set to, does not show."""
        self._set("steady", seconds)

    def pass_time(self, seconds: float) -> None:
        """Time really passes: both clocks go on."""
        self._set("wall", seconds)
        self._set("steady", seconds)

    def _set(self, name: str, seconds: float) -> None:
        # Replaced in one step: the daemon reads it at any moment.
        temporary = self._directory / f"{name}.new"
        temporary.write_text(str(seconds))
        temporary.replace(self._directory / name)
