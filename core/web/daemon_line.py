"""The pages' line to the daemon: one that hangs keeps a page waiting once, not once a question.

Several parts of a page ask the daemon. One that does not run says so at once; one that hangs lets
each of them wait until the timeout, and everybody's pages with them. What changes something is
always tried, because a daemon that has come back must hear of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from core.control import Control
from core.errors import DaemonUnreachable

READS: Final = frozenset({"status", "blocks", "explain"})
"""Verbs that change nothing; without an answer a page shows what is on the disk."""

SILENT_SECONDS: Final = 5.0
"""How long a daemon that did not answer in time is not asked again."""


class DaemonLine(Control):
    """Talks to the daemon, and not to one that has just not answered.

    Args:
        endpoint, timeout: as of `Control`.
        clock: seconds that never go back.
    """

    def __init__(
        self, endpoint: str, timeout: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(endpoint, timeout)
        self._clock = clock
        self._silent: tuple[float, str] | None = None

    def call(self, verb: str, **arguments: Any) -> Any:
        """As of `Control`; a read fails at once while the daemon is taken to hang.

        Raises:
            DaemonUnreachable, ControlError: likewise.
        """
        silent = self._silent
        if verb in READS and silent is not None and self._clock() < silent[0]:
            raise DaemonUnreachable(silent[1])
        try:
            answer = super().call(verb, **arguments)
        except DaemonUnreachable as error:
            hangs = isinstance(error.__cause__, TimeoutError)
            self._silent = (self._clock() + SILENT_SECONDS, str(error)) if hangs else None
            raise
        self._silent = None
        return answer
