"""Follows the mail server's logs: has a process of its own read them, and takes in what it says.

Of each batch a little is taken in at a time, so that answers never wait; what is not taken in
waits in the logs. Where they were left is written down behind the events that were made of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog

from core.daemon import log_memory
from core.daemon.log_ear import LogEar
from core.daemon.log_hearsay import Hearsay
from core.daemon.log_memory import LogMemory
from core.daemon.log_process import MODULE, SILENCE, LogProcess, ReaderGone
from core.engine.policy import Snapshot
from core.maillog.batch import Batch, Order
from core.maillog.bookmark import Bookmark
from core.maillog.choice import choose
from core.store.journal import Journal

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon
    from core.store.store import Store

log = structlog.get_logger()

FILE: Final = "logs"
"""In the state directory."""

SLICE: Final = 0.001
"""Seconds of a turn; then it is the doors' turn."""

KEEP_SECONDS: Final = 1.0
"""How often places are written down."""

PAUSE: Final = 1.0
PAUSE_MOST: Final = 60.0
"""Seconds until a reader that is gone is started anew: at first, and at most."""

SOUND: Final = 120.0
"""Seconds after which a reader's end is nothing that its beginning has caused."""

STUCK: Final = 4
"""Ends of readers at one place after which that place is passed over."""

MOST_WAITING: Final = 400
"""Events that may wait to be handed over once a second, as everybody's are."""

RATE_SECONDS: Final = 60.0


class LogWatch:
    """A companion of the daemon.

    Args:
        daemon: whose.
        module: the program that reads.
        silence: seconds without a word after which it hangs.
        pause: see `PAUSE`.
    """

    name = "logs"

    def __init__(
        self, daemon: Daemon, module: str = MODULE, silence: float = SILENCE, pause: float = PAUSE
    ) -> None:
        self._daemon = daemon
        self._module, self._silence, self._pause = module, silence, pause
        self._path = daemon.config.state / FILE
        self._wanted, self._wrong = choose(daemon.config.logs.follow)
        # Its growth is told at once: a place holds for everything that was noted before it.
        self._journal = Journal(growth=0.0)
        self._journal.listeners = daemon.journal.listeners
        self._work: Iterator[None] = iter(())
        self._is_working = False
        self._process: LogProcess | None = None
        self._task: asyncio.Task[None] | None = None
        self._last: Batch | None = None
        self._bookmark: Bookmark | None = None
        self._kept: Bookmark | None = None
        self._kept_at = 0.0
        self._kept_changes = 0
        self._lines = self._unknown = self._faults = 0
        self._rates: deque[tuple[float, int]] = deque(maxlen=120)
        self._trouble = self._gap = ""
        self._heard = 0.0

    # its life

    def start(self) -> None:
        """Begin to follow, if there is anything to follow."""
        if not (self._wanted or self._wrong):
            return
        daemon = self._daemon
        memory, problem = log_memory.restore(self._path)
        self._bookmark = memory.bookmark
        self._hearsay = Hearsay(daemon.started, daemon.guard.dovecot, memory.heard)
        self._ear = LogEar(daemon.guard, self._hearsay, self._journal)
        self._ear.start()
        self._trouble = problem
        self._report()
        if self._wanted:
            self._task = asyncio.get_running_loop().create_task(self._follow())

    def renew(self, snapshot: Snapshot) -> None:
        """Settings change nothing here."""

    def tick(self, wall: float) -> None:  # noqa: ARG002  the contract of companions
        """Write down what there is, unless a batch is being taken in."""
        if self._task is not None and not self._is_working:
            self._keep()

    def stop(self) -> None:
        """Take the begun batch in, write down where the logs were left, and end the reader."""
        if self._task is None:
            return
        self._task.cancel()
        if self._process is not None:
            self._process.kill()
        deque(self._work, maxlen=0)
        if self._is_working and self._last is not None:
            self._bookmark = self._last.bookmark
        batch = self._journal.finish(time.time())
        if batch is not None:
            self._daemon.writer.put(batch)
        self._write_down()

    # the reader

    async def _follow(self) -> None:
        """Start the reader, and start it again whenever it is gone."""
        pause, stuck = self._pause, 0
        while True:
            began, before = time.monotonic(), self._bookmark
            try:
                await self._listen(Order(self._wanted, before, at_end=stuck >= STUCK))
            except ReaderGone as error:
                self._trouble = f"the process that reads the logs is gone: {error}"
                log.warning("the reader of the logs is gone", why=str(error))
            await self._let_go()
            stuck = stuck + 1 if self._bookmark is before else 0
            if time.monotonic() - began >= SOUND:
                pause = self._pause
            self._report()
            await asyncio.sleep(pause)
            pause = min(PAUSE_MOST, 2 * pause)

    async def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._silence):
                    await process.end()

    async def _listen(self, order: Order) -> None:
        self._process = process = await LogProcess.start(order, self._module, self._silence)
        while True:
            batch = await process.read()
            self._heard = time.time()
            self._trouble = ""
            if order.at_end:
                self._gap = "a part of the logs brought the reader down, and was left out"
            await self._take_in(batch)

    async def _take_in(self, batch: Batch) -> None:
        self._last, self._work, self._is_working = batch, self._ear.hear(batch), True
        while self._take_some():
            await asyncio.sleep(0)
        while self._journal.waiting() > MOST_WAITING and self._hand_over():
            await asyncio.sleep(0)
        self._bookmark, self._is_working = batch.bookmark, False
        self._lines += batch.lines
        self._unknown += batch.unknown
        self._faults += batch.faults
        self._rates.append((time.monotonic(), batch.lines))
        self._report()
        if time.monotonic() - self._kept_at >= KEEP_SECONDS:
            self._keep()

    def _take_some(self) -> bool:
        """Work for a moment; returns whether there is more."""
        ends = time.perf_counter() + SLICE
        return any(time.perf_counter() >= ends for _ in self._work)

    # what must last

    def _hand_over(self) -> bool:
        batch = self._journal.drain(time.time())
        if batch is not None:
            self._daemon.writer.put(batch)
        return batch is not None

    def _keep(self) -> None:
        """Hand over what was noted, and behind it where the logs were left."""
        self._hand_over()
        if self._journal.waiting():
            return
        changed = self._bookmark is not self._kept or self._hearsay.changes != self._kept_changes
        if changed:
            self._write_down()

    def _write_down(self) -> None:
        self._kept, self._kept_at = self._bookmark, time.monotonic()
        self._kept_changes = self._hearsay.changes
        memory = LogMemory(self._bookmark, self._hearsay.kept(time.time()))
        path, report = self._path, self._daemon.parts.report

        def write(_: Store) -> None:
            report("logs place", log_memory.save(path, memory))

        self._daemon.writer.put(write)

    # what it says of itself

    def _report(self) -> None:
        problems = [self._wrong, self._trouble, self._gap]
        if self._last is not None:
            problems += [f"{path}: {text}" for path, text in self._last.problems.items()]
        self._daemon.parts.report(self.name, "; ".join(filter(None, problems)))

    def status(self) -> dict[str, Any]:
        """What is followed and how it goes; times in seconds since 1970."""
        last = self._last
        if self._task is None or last is None:
            return {"following": {}, "lines": 0}
        now = time.monotonic()
        recent = [count for at, count in self._rates if now - at <= RATE_SECONDS]
        return {
            "following": last.behind,
            "pid": self._process.pid if self._process is not None else 0,
            "heard": self._heard,
            "latest": last.latest,
            "lines": self._lines,
            "lines_a_second": round(sum(recent) / RATE_SECONDS, 1),
            "unknown": self._unknown,
            "faults": self._faults + self._ear.faults,
            "cut": last.cut,
            "lost": last.lost,
            "logins": self._ear.logins,
            "mails": self._ear.mails,
            "deliveries": self._ear.fates,
            "told_before": self._ear.doubles,
            "waiting": self._journal.waiting(),
        }
