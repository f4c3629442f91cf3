"""Work that takes longer than somebody waits for a page: one piece at a time, in a thread.

Goes on when the page is closed, and its result is kept until the next piece of the same kind or
the end of the process; the pages run as one process, so whoever comes back finds it there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog
from flask import current_app
from msgspec import Struct
from msgspec.structs import replace

from core.errors import MailwardError
from core.sources.progress import Outcome, UpdateResult

_KEY: Final = "mailward jobs"
_log = structlog.get_logger()


class Busy(Exception):
    """Another piece of work is not done yet."""


class Step(Struct, frozen=True):
    """One step of a job.

    Attributes:
        name: of what is worked at.
        outcome: how it ended; "waiting" and "working" before that.
        text: one line for people.
        received: bytes that have arrived.
        total: bytes that are expected; None when nobody knows.
    """

    name: str
    outcome: Outcome | str = "waiting"
    text: str = ""
    received: int = 0
    total: int | None = None


class Job(Struct, frozen=True):
    """A piece of work as it is at one moment.

    Attributes:
        kind: what it is.
        who: who started it.
        started: seconds since 1970.
        ended: likewise; None while it is at work.
        steps: in their order.
        problem: why it came to nothing, "" when it did not.
        result: what came of it, None before its end and after a problem.
    """

    kind: str
    who: str
    started: float
    ended: float | None = None
    steps: tuple[Step, ...] = ()
    problem: str = ""
    result: object = None

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.ended is None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.outcome not in ("waiting", "working") for step in self.steps)


class Watch:
    """Sees a job from inside: told by the working thread, asked by pages. A `Progress`."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._guard = threading.Lock()

    @property
    def job(self) -> Job:
        """The job as it is now."""
        with self._guard:
            return self._job

    def plan(self, names: tuple[str, ...]) -> None:
        """These steps will be taken, in this order."""
        self._change(steps=tuple(map(Step, names)))

    def begin(self, name: str, total: int | None) -> None:
        """A download of so many bytes begins."""
        self._step(name, outcome="working", received=0, total=total)

    def advance(self, name: str, size: int) -> None:
        """So many bytes more have arrived."""
        with self._guard:
            steps = tuple(
                replace(step, received=step.received + size) if step.name == name else step
                for step in self._job.steps
            )
            self._job = replace(self._job, steps=steps)

    def end(self, result: UpdateResult) -> None:
        """A step is done."""
        self._step(result.name, outcome=result.outcome, text=result.text)

    def finish(self, at: float, result: object = None, problem: str = "") -> None:
        """The job is done."""
        self._change(ended=at, result=result, problem=problem)

    def _step(self, name: str, **changed: object) -> None:
        with self._guard:
            steps = tuple(
                replace(step, **changed) if step.name == name else step for step in self._job.steps
            )
            self._job = replace(self._job, steps=steps)

    def _change(self, **changed: object) -> None:
        with self._guard:
            self._job = replace(self._job, **changed)


Work = Callable[[Watch], object]
"""What is done; gives its result, or raises a MailwardError in words for people."""


class Jobs:
    """All jobs of this process.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: dict[str, Watch] = {}
        self._running: threading.Thread | None = None
        self._guard = threading.Lock()

    def start(self, kind: str, who: str, work: Work) -> None:
        """Begin.

        Args:
            kind: what it is; its result takes the place of the one before.
            who: who starts it.
            work: what is done, in a thread of its own.

        Raises:
            Busy: another job is at work.
        """
        with self._guard:
            if self._running is not None and self._running.is_alive():
                raise Busy
            watch = Watch(Job(kind, who, self._clock()))
            self._last[kind] = watch
            self._running = threading.Thread(
                target=self._run, args=(watch, work), name=f"job {kind}", daemon=True
            )
            self._running.start()

    def last(self, kind: str) -> Job | None:
        """The present or the last job of a kind; None when there was none."""
        with self._guard:
            watch = self._last.get(kind)
        return watch.job if watch else None

    def wait(self, seconds: float) -> None:
        """Wait until nothing is at work, so long at most."""
        with self._guard:
            running = self._running
        if running is not None:
            running.join(seconds)

    def _run(self, watch: Watch, work: Work) -> None:
        try:
            result = work(watch)
        except MailwardError as error:
            watch.finish(self._clock(), problem=str(error))
        except Exception as error:  # noqa: BLE001  a job that dies must say so, or it runs for ever
            _log.error("a job failed", kind=watch.job.kind, exc_info=error)
            watch.finish(self._clock(), problem=f"{type(error).__name__}: {error}")
        else:
            watch.finish(self._clock(), result)


def jobs(clock: Callable[[], float]) -> Jobs:
    """The jobs of the application that serves the present request.

    Args:
        clock: seconds since 1970, for the first who asks.
    """
    found = current_app.extensions.setdefault(_KEY, Jobs(clock))
    assert isinstance(found, Jobs)  # noqa: S101  nobody else has that key
    return found
