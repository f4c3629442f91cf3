"""Small machines for the tests of change plans: a folder, commands that are remembered, kills."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.system.host import Host, Result


class ScriptedHost(Host):
    """A folder as a machine, whose commands are answered by the test.

    Args:
        answers: what a command does, by its first word: gets the command, returns exit code and
            what it printed. Commands that are not named succeed and print nothing.
    """

    def __init__(
        self,
        root: Path,
        answers: Mapping[str, Callable[[Sequence[str]], tuple[int, str]]] | None = None,
    ) -> None:
        super().__init__(root)
        self.answers = dict(answers or {})
        self.commands: list[tuple[str, ...]] = []

    def run(
        self,
        command: Sequence[str],
        *,
        timeout: float = 60,
        text: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Result:
        self.commands.append(tuple(command))
        answer = self.answers.get(command[0])
        code, printed = answer(command) if answer else (0, "")
        return Result(tuple(command), code, "" if code else printed, printed if code else "")


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the program catches it."""


class Killer:
    """Ends the program before its n-th step that touches the disk or runs a command."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.at: int | None = None
        self.for_good = False
        for name in ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "fchmod"):
            patch.setattr(os, name, self._counted(getattr(os, name)))
        patch.setattr(ScriptedHost, "run", self._counted(ScriptedHost.run))

    def arm(self, at: int | None, *, for_good: bool = False) -> None:
        """Kill at the step of this number from now, counted from 1; None: never.

        for_good: by SIGKILL, which is for a process that the test has started for it.
        """
        self.count, self.at, self.for_good = 0, at, for_good

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if self.at is not None and self.count >= self.at:
                if self.for_good:
                    os.kill(os.getpid(), signal.SIGKILL)
                raise Killed
            return function(*args, **kwargs)

        return counted


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file and folder below a folder: content and mode."""
    return {
        str(path.relative_to(root)): (
            path.read_bytes() if path.is_file() else b"(folder)",
            path.stat().st_mode,
        )
        for path in sorted(root.rglob("*"))
    }
