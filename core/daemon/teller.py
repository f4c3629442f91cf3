"""Tells people what has happened, in a thread of its own: the mail system may be slow, or hang.

Neither answers nor reloads nor the last writes ever wait for it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from core.settings.model import Settings
from core.store.block import Block

Announce = Callable[[Block, Settings], None]
"""Tells of a block."""

News = TypeVar("News")
"""What is told: a block, or an account that looks stolen."""


class Teller(Generic[News]):
    """Tells of one thing after the other.

    Args:
        announce: tells people; may take long, may fail.
        report: called with what went wrong with the last one, "" when nothing did.
    """

    def __init__(
        self, announce: Callable[[News, Settings], None], report: Callable[[str], None]
    ) -> None:
        self._announce = announce
        self._report = report
        self._news: queue.SimpleQueue[tuple[News, Settings] | None] = queue.SimpleQueue()
        self._untold = 0
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def tell(self, news: News, settings: Settings) -> None:
        """Have people told soon.

        Args:
            news: what has happened.
            settings: what counts for its account.
        """
        self._untold += 1
        self._news.put((news, settings))

    def stop(self, timeout: float) -> int:
        """Tell of what is left; returns how much nobody has been told of in time.

        Args:
            timeout: seconds to wait.
        """
        self._news.put(None)
        self._thread.join(timeout)
        return self._untold

    def _run(self) -> None:
        while (work := self._news.get()) is not None:
            try:
                self._announce(*work)
            except Exception as error:  # noqa: BLE001  a notice that fails must not hurt the daemon
                self._report(str(error) or type(error).__name__)
            else:
                self._report("")
            self._untold -= 1
