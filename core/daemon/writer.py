"""The writer thread: takes what the journal has collected to the event log and to the store.

The event loop never waits for it. While the store is away, batches wait in a bounded queue; past
the bound the oldest are lost, counted and reported. The event log does not wait for the store.
Blocks are not its business, only their history is: they were durable before it hears of them.
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

MOST_LINES = 50_000
"""Events in them, and events that have grown: some 60 MB."""

RETRY_SECONDS = 5.0
"""How often a store that is away is tried again, at least."""

Job = Callable[[Store], object]


def _nothing(_: Store) -> None:
    """Nobody wants to know."""


def _reopen_log(_: Store) -> None:
    """Stands in the queue for: go on in the file that bears the event log's name now."""


class Writer:
    """Writes batches and other jobs, in order, in one thread.

    Args:
        store: the open store, None when it could not be opened.
        reopen: opens it again.
        events: the event log.
        on_open: called in the thread with the store, once it could be opened again.

    Attributes:
        lost: events and jobs that never came into the store.
        problem: why the store takes nothing, "" when it does.
        totals: (stage, service, verdict, reason) -> verdicts since the start.
    """

    def __init__(
        self,
        store: Store | None,
        reopen: Callable[[], Store],
        events: EventLog,
        on_open: Callable[[Store], object] = _nothing,
    ) -> None:
        self.store = store
        self.problem = "" if store is not None else "the store is closed"
        self.lost = 0
        self.totals: Counter[tuple[str, str, str, str]] = Counter()
        self.events = events
        self._reopen = reopen
        self._on_open = on_open
        self._inbox: queue.SimpleQueue[Batch | Job | None] = queue.SimpleQueue()
        self._waiting: deque[Batch | Job] = deque()
        self._guard = threading.Lock()
        self._lines = 0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, work: Batch | Job) -> None:
        """Hand over a batch, or something else to do with the store."""
        with self._guard:
            self._lines += _size(work)
        self._inbox.put(work)
        # The thread looks after the bound, unless a store that does not answer holds it up.
        while self._inbox.qsize() > MOST_BATCHES or self._lines > 2 * MOST_LINES:
            try:
                oldest = self._inbox.get_nowait()
            except queue.Empty:
                return
            if oldest is not None:
                self._lose(oldest)

    def reopen_log(self) -> None:
        """Go on in the file that bears the event log's name now, from the next event on."""
        self._inbox.put(_reopen_log)

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
            idle = self.store is not None and not self._waiting
            try:
                work = self._inbox.get(timeout=None if idle else RETRY_SECONDS)
            except queue.Empty:
                work = None
            else:
                ending = work is None
            if work is _reopen_log:
                self.events.reopen()
            elif work is not None:
                self._take(work)
            self._write_waiting()
        if self._waiting:
            log.error("the store took no more events", waiting=len(self._waiting), why=self.problem)
            while self._waiting:
                self._lose(self._waiting.popleft())
        self.events.close()
        if self.store is not None:
            self.store.close()

    def _take(self, work: Batch | Job) -> None:
        self._waiting.append(work)
        if isinstance(work, Batch):
            try:
                self._log(work)
            except Exception:
                log.exception("the event log was left out")
            self._count(work)
        while len(self._waiting) > MOST_BATCHES or (self._waiting and self._lines > MOST_LINES):
            self._lose(self._waiting.popleft())

    def _lose(self, work: Batch | Job) -> None:
        size = _size(work)
        with self._guard:
            self._lines -= size
            self.lost += size + sum(work.bare.values()) if isinstance(work, Batch) else 1

    def _log(self, batch: Batch) -> None:
        fresh = (event for line, event in batch.lines if not line.counted)
        self.events.write([*fresh, *(event for _, event in batch.ended)])

    def _write_waiting(self) -> None:
        if self.store is None and not self._open():
            return
        while self._waiting:
            work = self._waiting[0]
            try:
                self._do(work)
            except StoreError as error:
                self._complain(str(error))
                return
            except Exception as error:
                log.exception("a job of the writer failed", problem=str(error))
                self._lose(self._waiting.popleft())
                self.problem = f"{type(error).__name__}: {error}"
                continue
            self.problem = ""
            self._waiting.popleft()
            with self._guard:
                self._lines -= _size(work)

    def _open(self) -> bool:
        try:
            self.store = self._reopen()
        except StoreError as error:
            self._complain(str(error))
            return False
        self.problem = ""
        self._on_open(self.store)
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

    def _count(self, batch: Batch) -> None:
        for line, event in batch.lines:
            key = (event.stage, event.service, event.verdict, event.reason)
            self.totals[key] += event.count - line.counted
            line.counted = event.count
        for bare, count in batch.bare.items():
            self.totals[bare[1:5]] += count


def _size(work: Batch | Job) -> int:
    return len(work.lines) if isinstance(work, Batch) else 0
