"""Something that takes a while to find out, kept for a time for all who ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Kept(Generic[Found]):
    """What was found out last. Threads may share it; while one finds it out, the others wait.

    Args:
        seconds: how long it counts.

    Attributes:
        last: what was found, however long ago; None before the first time and when forgotten.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._at = 0.0
        self.last: Found | None = None

    def is_fresh(self, now: float) -> bool:
        """Whether it still counts.

        Args:
            now: seconds since 1970; a clock that was set back does not freeze what is kept.
        """
        return self.last is not None and 0 <= now - self._at < self._seconds

    def get(self, now: float, find_out: Callable[[], Found]) -> Found:
        """What is kept, found out anew where it no longer counts.

        Args:
            now: as for `is_fresh`.
            find_out: what it raises is passed on, and nothing is kept of it.
        """
        with self._guard:
            if self.last is None or not self.is_fresh(now):
                self.last = find_out()
                self._at = now
            return self.last

    def forget(self) -> None:
        """Find it out again next time."""
        with self._guard:
            self.last = None
