"""The crowd: everybody who comes by while the story is told, at a pace that the story sets."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

from demo import cast
from demo.ending import Ending
from demo.visit import Servers, Visit

WORKERS = 8
"""Visits at the same time: a mail server lets a wrong password wait half a second."""

MOST_WAITING = 40


class Crowd:
    """Sends visits to the servers.

    Args:
        servers: where they go.
        random: draws them.
        ending: tells when to go home.

    Attributes:
        people, attackers: visits a second.
        broken: visits that ended without an answer.
    """

    def __init__(self, servers: Servers, random: Random, ending: Ending) -> None:
        self.people = 0.0
        self.attackers = 0.0
        self.broken = 0
        self._servers = servers
        self._random = random
        self._ending = ending
        self._waiting = threading.Semaphore(MOST_WAITING)
        self._pool = ThreadPoolExecutor(WORKERS, "visit")
        self._thread = threading.Thread(target=self._run, name="crowd")

    def start(self) -> None:
        """Let them come."""
        self._thread.start()

    def close(self) -> None:
        """Wait until the last one has left. The end must have been asked for."""
        if self._thread.ident is not None:
            self._thread.join()
        self._pool.shutdown()

    def send(self, visit: Visit) -> None:
        """One visit, now; returns when it is over."""
        try:
            self._servers.perform(visit)
        except OSError:
            if not self._ending.asked:
                self.broken += 1

    def _run(self) -> None:
        day = int(time.time() // 86_400)
        while not self._ending.asked:
            rate = self.people + self.attackers
            if not rate:
                self._ending.wait(0.1)
                continue
            if self._ending.wait(min(self._random.expovariate(rate), 1.0)):
                return
            if self._random.random() * rate < self.attackers:
                self._come(*[cast.attack(self._random)] * self._random.choice((1, 1, 2)))
            else:
                self._come(cast.ordinary(self._random, day))

    def _come(self, *visits: Visit) -> None:
        if not self._waiting.acquire(blocking=False):
            return

        def go() -> None:
            try:
                for visit in visits:
                    self.send(visit)
            finally:
                self._waiting.release()

        self._pool.submit(go)
