"""Something that takes long, done again and again in a thread of its own, one at a time.

The thread keeps nobody from ending: what it fetches can be fetched again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Errand:
    """One errand.

    Args:
        name: names the thread.
        work: does it; returns whether anything is new.
        every: seconds from the end of one to the begin of the next.
        news: called in the loop's thread when anything is new.

    Attributes:
        problem: why it failed the last time in a way that it does not tell itself.
    """

    def __init__(
        self, name: str, work: Callable[[], bool], every: float, news: Callable[[], None]
    ) -> None:
        self.problem = ""
        self._name = name
        self._work = work
        self._every = every
        self._news = news
        self._due = 0.0
        self._busy = False
        self._ended = False

    def tick(self, now: float) -> None:
        """Begin if it is time.

        Args:
            now: seconds on a clock that never jumps.
        """
        if self._busy or now < self._due:
            return
        self._busy = True
        self._due = now + self._every
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(loop,), name=self._name, daemon=True).start()

    def stop(self) -> None:
        """Tell nobody any more."""
        self._ended = True

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        found, problem = False, ""
        try:
            found = self._work()
        except Exception as error:
            log.exception("an errand failed", errand=self._name)
            problem = str(error) or type(error).__name__
        try:
            loop.call_soon_threadsafe(self._back, found, problem)
        except RuntimeError:  # the daemon has ended meanwhile
            return

    def _back(self, found: bool, problem: str) -> None:
        self._busy = False
        self.problem = problem
        if found and not self._ended:
            self._news()
