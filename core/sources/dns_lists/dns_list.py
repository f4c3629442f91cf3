"""One list that is asked by the DNS: answers from memory, and asks behind everybody's back.

Lives in one event loop. Whoever decides only looks into the memory; what is not there is asked
for the next time, within bounds: one question for an address at a time, few at once, few a second,
and none for a while after several have failed. What it does not know, it does not list.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from core.errors import DataError
from core.sources.dns_lists import self_test
from core.sources.dns_lists.memory import (
    CLEAN_SECONDS,
    FAILED_SECONDS,
    LISTED_SECONDS,
    Key,
    Memory,
)
from core.sources.dns_lists.self_test import Ask, Tested
from core.sources.dns_lists.zone import Zone
from core.sources.facts import AddressFacts, NetworkHit
from core.sources.status import SourceStatus
from core.words import NetworkKind

AT_ONCE: Final = 16
"""Questions under way."""

A_SECOND: Final = 50
"""Questions begun in a second: each costs half a millisecond of the daemon's time."""

MOST_WAITING: Final = 1000
"""Addresses that wait to be asked about; more are not asked about."""

FAILURES: Final = 5
"""So many failed questions in a row make a pause."""

PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 15 * 60.0
TEST_SECONDS: Final = 3600.0
"""A list that began to list everybody must not refuse everybody for a day."""

RETRY_SECONDS: Final = 60.0
"""When a test that had no answer is made again."""


def _nobody() -> None:
    """Nobody is told of a new listing."""


class DnsList:
    """One list.

    Args:
        zone: which.
        key: the customer's key.
        ask: asks the DNS.
        on_change: told when an address becomes listed, or is listed no more.
        clock: seconds on a clock that never jumps.

    Attributes:
        lost: addresses that were not asked about because too many waited.
    """

    def __init__(
        self,
        zone: Zone,
        key: str,
        ask: Ask,
        on_change: Callable[[], None] = _nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = zone.name
        self.lost = 0
        self._zone = zone
        self._key = key
        self._ask = ask
        self._on_change = on_change
        self._clock = clock
        self._memory = Memory()
        self._waiting: dict[Key, None] = {}
        self._flying: set[Key] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._allowance = A_SECOND
        self._failures = 0
        self._pause = PAUSE
        self._paused_until = 0.0
        self._problem = ""
        self._tested = Tested(problem="it was not tested yet", certain=False)
        self._test_at = 0.0
        self._tested_at: float | None = None

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """What the list says of an address, as far as it is known. Asks nobody."""
        if facts.version not in self._tested.versions:
            return ()
        if not self._memory.get((facts.version, facts.value), self._clock()):
            return ()
        hit = NetworkHit(NetworkKind.ATTACKER, self._zone.label, facts.address, self.name)
        return (hit,)

    def want(self, facts: AddressFacts) -> None:
        """Ask about an address soon, unless that is known or under way."""
        key = (facts.version, facts.value)
        now = self._clock()
        if facts.version not in self._tested.versions or now < self._paused_until:
            return
        if key in self._flying or key in self._waiting or self._memory.get(key, now) is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        self._waiting[key] = None
        self._pump()

    async def ask_now(self, facts: AddressFacts) -> bool:
        """Ask about an address and wait for it, for somebody who wants to know.

        Raises:
            DataError: nobody knows.
        """
        return await self._listed((facts.version, facts.value))

    def tick(self) -> None:
        """Go on; once a second, in the loop's thread."""
        self._allowance = A_SECOND
        if self._clock() >= self._test_at:
            self._test_at = self._clock() + TEST_SECONDS
            self._begin(self._test())
        self._pump()

    def stop(self) -> None:
        """Ask no more."""
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()

    def status(self) -> SourceStatus:
        """How it is."""
        now = self._clock()
        age = now - self._tested_at if self._tested_at is not None else None
        return SourceStatus(
            self.name,
            "IPv4" if self._tested.versions == {4} else "",
            self._memory.listed(now),
            age,
            self._tested.problem or (self._problem if now < self._paused_until else ""),
            self._zone.label,
            self._zone.terms,
            self._zone.link,
        )

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pump(self) -> None:
        while self._waiting and self._allowance > 0 and len(self._flying) < AT_ONCE:
            if self._clock() < self._paused_until:
                self._waiting.clear()
                return
            key = next(iter(self._waiting))
            del self._waiting[key]
            self._flying.add(key)
            self._allowance -= 1
            self._begin(self._look_up(key))

    async def _look_up(self, key: Key) -> None:
        changed = False
        try:
            changed = self._learn(key, await self._listed(key))
            self._failures, self._pause, self._problem = 0, PAUSE, ""
        except DataError as error:
            self._fail(key, str(error))
        finally:
            self._flying.discard(key)
        if changed:
            self._on_change()
        self._pump()

    async def _listed(self, key: Key) -> bool:
        return self._zone.is_listed(await self._ask(self._zone.question(self._key, *key)))

    def _learn(self, key: Key, listed: bool) -> bool:
        seconds = LISTED_SECONDS if listed else CLEAN_SECONDS
        return self._memory.put(key, listed, self._clock() + seconds)

    def _fail(self, key: Key, problem: str) -> None:
        now = self._clock()
        self._memory.put(key, False, now + FAILED_SECONDS)
        self._failures += 1
        if self._failures >= FAILURES:
            self._problem = f"not asked for a while: {problem}"
            self._failures = 0
            self._paused_until = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _test(self) -> None:
        before = self._tested
        found = await self_test.examine(self._zone, self._key, self._ask)
        now = self._clock()
        if found.certain:
            self._tested, self._tested_at = found, now
        else:
            self._test_at = now + RETRY_SECONDS
            self._tested = Tested(before.versions, found.problem, certain=False)
        if self._tested.versions != before.versions:
            self._on_change()
