"""Notices that the event loop stood still, so that nobody is answered too late.

A late answer is worse than none. Postfix gives up after two seconds, keeps the connection, and
takes one on which something can be read for a broken one: the session that met the hang would not
ask again until it ends. Left without an answer the connection is clean, and the very next check is
asked (smtpd's policy client: see facts/mta_hooks.md 1.1 and 2.0).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 1.9
"""Seconds after which a question may have been given up; Postfix waits for two."""

INTERVAL = 0.25


class Pulse:
    """Tells whoever listens that the loop stood still for longer than a client waits.

    Args:
        clock: seconds on a clock that never jumps.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.stalls = 0
        self.listeners: list[Callable[[], None]] = []
        self._clock = clock
        self._last = clock()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat in the running event loop."""
        self._last = self._clock()
        self._beat()

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _beat(self) -> None:
        self.feel()
        self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._beat)

    def feel(self) -> None:
        """Look at the clock; to be called before anything is read that may be old."""
        now = self._clock()
        stood_still = now - self._last > PATIENCE
        self._last = now
        if stood_still:
            self.stalls += 1
            for listener in self.listeners:
                listener()
