"""A hook whose mail server is in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.errors import PlanError
from core.panel import HookState, Knock
from core.words import Stage


class Change:
    """A change that a test can look at."""

    def __init__(self, pending: bool = True) -> None:
        self.pending = pending
        self.interrupted: str | None = None
        self.left: tuple[str, ...] = ()
        self.done: list[str] = []
        self.on_record = True

    def describe(self) -> str:
        return "Make it ask\n+ check_policy_service\x1b[2J\n"

    def as_data(self) -> dict[str, Any]:
        return {"name": "postfix", "title": "Make it ask", "pending": self.pending}

    def apply(self, confirm: Callable[[], None] | None = None, *, again: bool = False) -> bool:
        if not self.pending or (again and not self.on_record):
            return False
        if confirm is not None:
            try:
                confirm()
            except PlanError as error:
                raise PlanError(f"postfix: {error}. Everything was put back") from error
        self.done.append("applied")
        return True

    def resume(self, confirm: Callable[[], None] | None = None) -> bool:
        self.done.append("resumed")
        return self.pending

    def undo(self) -> bool:
        self.done.append("undone")
        self.left = ("a line that somebody else changed",)
        return True


class Hook:
    """A hook.

    Args:
        name: of it.
        state: what its configuration looks like; None when it cannot be read.
    """

    def __init__(
        self, name: str = "postfix", state: HookState | None = HookState.INSTALLED
    ) -> None:
        self.name = name
        self.stages = frozenset(Stage)
        self.change = Change()
        self.state = state

    def plan(self) -> Change:
        return self.change

    def recorded(self) -> Change | None:
        return self.change if self.change.on_record else None

    def verify(self) -> HookState:
        if self.state is None:
            raise PlanError("main.cf cannot be read")
        return self.state

    def probe(self, asked: Callable[[str], bool]) -> None:
        if not asked("40123"):
            raise PlanError("port 587 did not ask")


class KnockingHook(Hook):
    """A hook that tells of each port; of a port without a marker, the daemon is not asked.

    Args:
        markers: by port.
    """

    def __init__(self, markers: dict[str, str]) -> None:
        super().__init__()
        self._markers = markers

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        return [
            Knock(port, "asked") if asked(marker) else Knock(port, "not asked", f"{port} did not")
            for port, marker in self._markers.items()
        ]
