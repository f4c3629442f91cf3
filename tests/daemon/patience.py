"""Waiting for another process: never a fixed time, always a limit that only a hang exceeds."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds after which something has hung; everything here takes a tenth of it on a slow machine."""


def await_true(
    condition: Callable[[], bool], what: str, output: Callable[[], str] = lambda: ""
) -> None:
    """Wait until the condition holds.

    Args:
        condition: asked again and again.
        what: what is waited for, for the failure.
        output: what the daemon has said, likewise.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}\n{output()}"
        time.sleep(0.02)
