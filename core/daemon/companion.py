"""What lives beside the guard in the daemon: learns from what happens, and acts on it later.

A companion is never asked on the way to an answer; what the engine needs of it stands ready in
memory. One that fails is a problem in `status`, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import structlog

from core.engine.policy import Snapshot

log = structlog.get_logger()

Member = TypeVar("Member")


class Companion(Protocol):
    """One of them.

    Attributes:
        name: what `status` calls it.
    """

    name: str

    def start(self) -> None:
        """Begin: guard, writer and the settings are there, the doors are not open yet."""

    def renew(self, snapshot: Snapshot) -> None:
        """Settings or data have changed."""

    def tick(self, wall: float) -> None:
        """Do what is due; called once a second in the daemon's thread, so it must be quick.

        Args:
            wall: seconds since 1970.
        """

    def stop(self) -> None:
        """End, and keep what must last; the doors are closed, the writer still writes."""


class Company:
    """All companions of a daemon, each held apart from the failures of the others.

    Args:
        members: the companions.
        report: told of a companion's failure, and with "" when it is over.
    """

    def __init__(self, members: Sequence[Companion], report: Callable[[str, str], None]) -> None:
        self._members = tuple(members)
        self._report = report
        self._failing: set[str] = set()

    def start(self) -> None:
        """Let all begin."""
        for member in self._members:
            self._call(member, member.start)

    def renew(self, snapshot: Snapshot) -> None:
        """Tell all of new settings or data."""
        for member in self._members:
            self._call(member, member.renew, snapshot)

    def tick(self, wall: float) -> None:
        """Give each its turn."""
        for member in self._members:
            self._call(member, member.tick, wall)

    def stop(self) -> None:
        """Let all end, the last that began first."""
        for member in reversed(self._members):
            self._call(member, member.stop)

    def find(self, kind: type[Member]) -> Member | None:
        """The companion of that kind, None where there is none."""
        return next((each for each in self._members if isinstance(each, kind)), None)

    def _call(self, member: Companion, verb: Callable[..., None], *arguments: object) -> None:
        try:
            verb(*arguments)
        except Exception as error:
            if member.name not in self._failing:
                log.exception("a part of the daemon failed", part=member.name)
            self._failing.add(member.name)
            self._report(member.name, str(error) or type(error).__name__)
        else:
            if member.name in self._failing:
                self._failing.discard(member.name)
                self._report(member.name, "")
