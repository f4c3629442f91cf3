"""The writer thread: takes what the journal has collected to the store and to the event log.

The event loop never waits for it. While the store is away, batches wait in a bounded queue; past
the bound the oldest are lost, counted and reported. Blocks are not its business, only their
history is: they were durable before it hears of them.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable

import structlog

from core.errors import StoreError
from core.store.journal import Batch
from core.store.logfile import EventLog
from core.store.store import Store

log = structlog.get_logger()

MOST_BATCHES = 600
"""Batches that may wait: ten minutes, at one a second."""

RETRY_SECONDS = 5.0

Job = Callable[[Store], object]


class Writer:
    """Writes batches and other jobs, in order, in one thread.

    Args:
        store: the open store, None when it could not be opened.
        reopen: opens it again.
        events: the event log.
    """

    def __init__(self, store: Store | None, reopen: Callable[[], Store], events: EventLog) -> None:
        self.store = store
        self.problem = "" if store is not None else "the store is closed"
        self.lost = 0
        self.totals: Counter[tuple[str, str, str, str]] = Counter()
        self._reopen = reopen
        self.events = events
        self._inbox: queue.SimpleQueue[Batch | Job | None] = queue.SimpleQueue()
        self._waiting: deque[Batch | Job] = deque()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, work: Batch | Job) -> None:
        """Hand over a batch, or something else to do with the store."""
        self._inbox.put(work)

    def stop(self, timeout: float) -> bool:
        """Write what is left; False when that took longer than `timeout` seconds."""
        self._inbox.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Batches and jobs that are not written yet."""
        return self._inbox.qsize() + len(self._waiting)

    def _run(self) -> None:
        ending = False
        while not ending:
            try:
                work = self._inbox.get(timeout=RETRY_SECONDS if self._waiting else None)
            except queue.Empty:
                work = None
            else:
                ending = work is None
            if work is not None:
                self._take(work)
            self._write_waiting()
        self.events.close()
        if self.store is not None:
            self.store.close()

    def _take(self, work: Batch | Job) -> None:
        if isinstance(work, Batch):
            self._count(work)
        self._waiting.append(work)
        while len(self._waiting) > MOST_BATCHES:
            dropped = self._waiting.popleft()
            self.lost += len(dropped.lines) if isinstance(dropped, Batch) else 1

    def _write_waiting(self) -> None:
        while self._waiting:
            if self.store is None and not self._open():
                return
            work = self._waiting[0]
            try:
                self._do(work)
            except StoreError as error:
                self._complain(str(error))
                return
            except Exception as error:
                log.exception("a job of the writer failed", problem=str(error))
                self.problem = f"{type(error).__name__}: {error}"
            else:
                self.problem = ""
            self._waiting.popleft()

    def _open(self) -> bool:
        try:
            self.store = self._reopen()
        except StoreError as error:
            self._complain(str(error))
            return False
        return True

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            log.error("the store cannot be written; events wait", problem=problem)
        self.problem = problem

    def _do(self, work: Batch | Job) -> None:
        assert self.store is not None  # noqa: S101  the caller has just made sure
        if not isinstance(work, Batch):
            work(self.store)
            return
        fresh = [(line, event) for line, event in work.lines if not line.id]
        grown = [
            (line.id, event.last, event.count, event.recipients)
            for line, event in work.lines
            if line.id
        ]
        ids = self.store.record([event for _, event in fresh], grown, work.bare)
        for (line, _), number in zip(fresh, ids, strict=True):
            line.id = number
        self.events.write(event for _, event in [*fresh, *work.ended])

    def _count(self, batch: Batch) -> None:
        for line, event in batch.lines:
            key = (event.stage, event.service, event.verdict, event.reason)
            self.totals[key] += event.count - line.counted
            line.counted = event.count
        for bare, count in batch.bare.items():
            self.totals[bare[1:5]] += count
