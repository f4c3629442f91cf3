"""How the demo is told to end: by Ctrl-C, by SIGTERM, or by its own clock.

A signal only raises a flag, which every step looks at, because half-made servers must be taken
down by those who know how far they were. Only where a step is long and says that it can be left at
any moment does a signal leave it at once.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from demo.problem import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Ending:
    """Whether the end has been asked for.

    Attributes:
        signalled: by a person or a service manager, and not by the clock.
    """

    def __init__(self) -> None:
        self.signalled = False
        self._asked = threading.Event()
        self._leave_at_once = False
        self._deadline: float | None = None

    def listen(self) -> None:
        """Take over the signals; only the main thread may."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def after(self, seconds: float) -> None:
        """End when this many seconds have passed."""
        self._deadline = time.monotonic() + seconds

    def ask(self) -> None:
        """Let everything end."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether it is time to end."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._asked.set()
        return self._asked.is_set()

    def check(self) -> None:
        """Raise when it is time to end.

        Raises:
            Interrupted: it is.
        """
        if self.asked:
            raise Interrupted

    def wait(self, seconds: float) -> bool:
        """Wait, but not beyond the end; returns whether the end has come."""
        until = time.monotonic() + seconds
        if self._deadline is not None:
            until = min(until, self._deadline)
        # In slices: a signal's handler runs between them, also where waiting blocks signals.
        while not self.asked and (left := until - time.monotonic()) > 0:
            self._asked.wait(min(left, 0.2))
        return self.asked

    @contextmanager
    def leaving_at_once(self) -> Iterator[None]:
        """Inside, a signal raises `Interrupted` wherever the step is; for the main thread."""
        self.check()
        self._leave_at_once = True
        try:
            yield
        finally:
            self._leave_at_once = False

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Inside, Ctrl-C reaches neither us nor the short commands that we start, which would
        otherwise die of it: a terminal sends it to the whole group of processes."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.signalled = True
        self._asked.set()
        if self._leave_at_once:
            self._leave_at_once = False
            raise Interrupted
