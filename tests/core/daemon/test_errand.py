"""Errands: one at a time, in a thread, told in the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from core.daemon.errand import Errand
from tests.core.daemon.rig import TIMEOUT


class Rig:
    """An errand that waits until it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.let = threading.Event()
        self.result = True
        self.error: Exception | None = None
        self.told = asyncio.Event()
        self.thread = ""
        self.errand = Errand("lists", self._work, 10.0, self.told.set)

    def _work(self) -> bool:
        self.begun += 1
        self.thread = threading.current_thread().name
        self.let.wait(TIMEOUT)
        if self.error is not None:
            raise self.error
        return self.result

    async def until_idle(self) -> None:
        while self.errand._busy:
            await asyncio.sleep(0.001)


def play(scene: Callable[[Rig], Awaitable[None]]) -> None:
    async def bounded() -> None:
        rig = Rig()
        try:
            await asyncio.wait_for(scene(rig), TIMEOUT)
        finally:
            rig.let.set()

    asyncio.run(bounded())


def test_it_runs_in_a_thread_one_at_a_time_and_again_when_it_is_due() -> None:
    async def scene(rig: Rig) -> None:
        rig.errand.tick(100.0)
        rig.errand.tick(200.0)  # due, but it is still at work
        rig.let.set()
        await rig.told.wait()
        await rig.until_idle()
        assert rig.begun == 1
        assert rig.thread == "lists"
        rig.errand.tick(109.0)
        assert rig.begun == 1
        rig.errand.tick(110.0)
        await rig.until_idle()
        assert rig.begun == 2

    play(scene)


@pytest.mark.parametrize("ended", [False, True])
def test_nobody_is_told_of_nothing_and_after_the_end(ended: bool) -> None:
    async def scene(rig: Rig) -> None:
        rig.result = ended
        rig.errand.tick(100.0)
        if ended:
            rig.errand.stop()
        rig.let.set()
        await rig.until_idle()
        assert not rig.told.is_set()

    play(scene)


def test_a_fault_is_kept_and_does_not_end_it() -> None:
    async def scene(rig: Rig) -> None:
        rig.let.set()
        rig.error = ZeroDivisionError("a fault")
        rig.errand.tick(100.0)
        await rig.until_idle()
        assert rig.errand.problem == "a fault"
        rig.error = None
        rig.errand.tick(110.0)
        await rig.until_idle()
        assert rig.errand.problem == ""

    play(scene)
