"""The pulse: a loop that stood still is noticed once, by whoever looks first."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.daemon import pulse
from core.daemon.pulse import PATIENCE, Pulse


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("gap", "noticed"), [(PATIENCE - 0.01, 0), (PATIENCE + 0.01, 1), (3600.0, 1)]
)
def test_standing_still_is_noticed_once(gap: float, noticed: int) -> None:
    """Each hang is told once, and a loop that was merely busy is none."""
    clock, told = Clock(), []
    beating = Pulse(clock)
    beating.listeners.append(lambda: told.append(clock.now))
    clock.now += gap
    beating.feel()
    beating.feel()
    assert len(told) == noticed == beating.stalls


def test_a_loop_that_beats_is_never_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long nobody asks anything."""
    monkeypatch.setattr(pulse, "INTERVAL", 0.001)
    clock = Clock()
    beating = Pulse(clock)

    async def quiet() -> None:
        beating.start()
        for _ in range(50):
            clock.now += PATIENCE / 2
            before = beating._last
            while beating._last == before:
                await asyncio.sleep(0)
        beating.stop()

    asyncio.run(asyncio.wait_for(quiet(), 20))
    assert beating.stalls == 0


def test_a_blocked_loop_notices_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to ask for it to be noticed."""
    monkeypatch.setattr(pulse, "INTERVAL", 0.001)
    monkeypatch.setattr(pulse, "PATIENCE", 0.05)
    told = asyncio.Event()

    async def blocked() -> None:
        beating = Pulse()
        beating.listeners.append(told.set)
        beating.start()
        time.sleep(0.1)
        await told.wait()
        beating.stop()

    asyncio.run(asyncio.wait_for(blocked(), 20))
