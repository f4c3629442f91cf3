"""Steps about symbolic links: our command where people's shells look for commands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from core.errors import PlanError
from core.system import files
from core.system.host import Host
from core.system.steps import Change, Saved


@dataclass(frozen=True)
class MakeLink(Change):
    """Make a symbolic link; whatever else has its name is somebody's and stops the plan.

    Attributes:
        path: the link as the machine calls it.
        target: what it names.
    """

    kind: ClassVar[str] = "make link"

    path: str
    target: str

    @property
    def subject(self) -> str:
        """The link."""
        return self.path

    def describe(self) -> str:
        """The link, and what it names."""
        return f"make the link {self.path} to {self.target}"

    def pending(self, host: Host) -> bool:
        """Whether it does not name its target yet.

        Raises:
            PlanError: something of somebody else's is there.
        """
        return self._now(host) != self.target

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:  # noqa: ARG002  as the others
        """Keep what it named."""
        return Saved(value=self._now(host))

    def apply(self, host: Host) -> None:
        """Make it all at once."""
        if not self.pending(host):
            return
        place = self._place(host)
        fresh = files.temporary(place)
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.target)
        os.replace(fresh, place)  # noqa: PTH105  the tests count this call to cut a change short
        files.sync_directory(place.parent)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Let it name again what it named, or remove it; one that was changed since stays."""
        place = self._place(host)
        files.temporary(place).unlink(missing_ok=True)
        if self._now(host) != self.target:
            return []
        if saved.value and saved.value != self.target:
            place.unlink()
            place.symlink_to(saved.value)
        elif not saved.value:
            place.unlink()
        return []

    def undo(self, host: Host, saved: Saved) -> list[str]:  # noqa: ARG002  as the others
        """Remove it."""
        files.temporary(self._place(host)).unlink(missing_ok=True)
        if self._now(host) == self.target:
            self._place(host).unlink()
        return []

    def _place(self, host: Host) -> Path:
        """The link itself, and not what it leads to."""
        path = PurePosixPath(self.path)
        return host.path(str(path.parent)) / path.name

    def _now(self, host: Host) -> str:
        place = self._place(host)
        if place.is_symlink():
            return str(place.readlink())
        if place.exists():
            raise PlanError(f"{self.path} is there already and no link of ours")
        return ""
