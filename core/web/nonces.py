"""Numbers that may be used once: what makes a request that somebody overheard worthless."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Nonces:
    """Remembers what was used.

    Args:
        seconds: how long; whoever asks refuses anything older by its time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._used: OrderedDict[str, float] = OrderedDict()
        self._guard = threading.Lock()

    def fresh(self, nonce: str, now: float) -> bool:
        """Whether it is used for the first time; from now on it is not.

        Args:
            nonce: the number as text.
            now: seconds since 1970.
        """
        with self._guard:
            while self._used:
                oldest, at = next(iter(self._used.items()))
                if now - at <= self._seconds:
                    break
                del self._used[oldest]
            if nonce in self._used:
                return False
            self._used[nonce] = now
            return True
