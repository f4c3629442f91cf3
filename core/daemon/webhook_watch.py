"""Tells a program elsewhere what happens: a companion with a thread of its own.

Whoever has something to tell calls `tell`, which only puts it into a queue: neither answers nor
reloads wait for a disk or a network. The thread keeps it (`core.notify.webhook_outbox`), sends it
(`core.notify.webhook`, loaded for the first of them), and tries again for a day.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from core.notify.webhook_event import WebhookEvent, of_attackers, of_problem
from core.notify.webhook_outbox import NAME, Outbox, Waiting
from core.settings.model import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from core.engine.judging.entry import Entry
    from core.engine.policy import Snapshot
    from core.notify.webhook import Outcome

log = structlog.get_logger()

LAST_SECONDS: Final = 5.0
"""How long the end waits for the last attempts; what is left is sent after the next start."""

HEALTH_SECONDS: Final = 60.0
"""How long a part must fail before anybody is told: a restart of the database is no news."""

ATTACKERS_SECONDS: Final = 300.0
"""New attackers are told together, so often at most."""

MOST_ATTACKERS: Final = 100
"""So many are named; the others are counted."""

LONGEST_SLEEP: Final = 60.0

MOST_QUEUED: Final = 5_000
"""Events between the daemon and the thread; more of them are counted as lost."""


class Send(Protocol):
    """What sends: `core.notify.webhook.Sender`."""

    def send(self, event: WebhookEvent, settings: Settings, attempt: int = 1) -> Outcome:
        """Send an event once; never raises."""
        ...


class WebhookWatch:
    """A companion of the daemon.

    Args:
        state: the state directory.
        settings: the server's, as they are now.
        report: told of what is wrong with the webhook, "" when nothing is.
        problems: what is wrong with the daemon's parts now.
        sender: sends; None for the real one.
        clock: seconds since 1970.
    """

    name = "webhook"

    def __init__(
        self,
        state: Path,
        settings: Callable[[], Settings],
        report: Callable[[str, str], None],
        problems: Callable[[], dict[str, str]],
        sender: Send | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = state / NAME
        self._report = report
        self._problems = problems
        self._sender = sender
        self._clock = clock
        self._current = settings
        self._settings = Settings()
        self._queue: queue.Queue[WebhookEvent | None] = queue.Queue(MOST_QUEUED)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
        self._lost = 0
        self._failing: dict[str, float] = {}
        self._told_of: dict[str, str] = {}
        self._attackers: dict[str, tuple[str, float, str]] = {}
        self._more = 0
        self._attackers_at = 0.0

    # what the daemon calls

    def start(self) -> None:
        """Begin."""
        self._settings = self._current()
        self._thread.start()

    def renew(self, snapshot: Snapshot) -> None:
        """Take other settings; what waits is sent with them."""
        self._settings = snapshot.resolved.server
        self._wake()

    def tick(self, wall: float) -> None:
        """Tell of parts that fail, and of attackers."""
        if not self._settings.webhook.url:
            self._attackers.clear()
            return
        if self._wants("health"):
            self._look_at_health(wall)
        if (self._attackers or self._more) and wall - self._attackers_at >= ATTACKERS_SECONDS:
            self._attackers_at = wall
            found, more = list(self._attackers.values()), self._more
            self._attackers, self._more = {}, 0
            self.tell(of_attackers(found, more, wall))

    def stop(self) -> None:
        """End; what could not be sent is kept."""
        self._ending.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(LAST_SECONDS)

    def tell(self, event: WebhookEvent) -> None:
        """Tell of an event, if anybody wants to know of its kind. Returns at once, from any thread.

        Args:
            event: what happened; one call for one thing.
        """
        if not self._settings.webhook.url or not self._wants(event.kind):
            return
        try:
            self._queue.put_nowait(event)
        except queue.Full:
            self._lost += 1

    def tell_attackers(self, entries: Iterable[Entry]) -> None:
        """Tell of attackers that are refused from now on, together with others. Returns at once."""
        if not self._settings.webhook.url or not self._wants("attacker"):
            return
        for entry in entries:
            if entry.place in self._attackers or len(self._attackers) < MOST_ATTACKERS:
                self._attackers[entry.place] = (entry.place, entry.until, entry.evidence)
            else:
                self._more += 1

    def _wants(self, kind: str) -> bool:
        return kind in self._settings.webhook.events

    def _wake(self) -> None:
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return  # the thread is awake

    def _look_at_health(self, wall: float) -> None:
        now = {part: text for part, text in dict(self._problems()).items() if part != self.name}
        for part, text in now.items():
            since = self._failing.setdefault(part, wall)
            if part not in self._told_of and wall - since >= HEALTH_SECONDS:
                self._told_of[part] = text
                self.tell(of_problem(part, text, since))
        for part in [each for each in self._failing if each not in now]:
            del self._failing[part]
            if self._told_of.pop(part, None) is not None:
                self.tell(of_problem(part, "", wall))

    # the thread

    def _run(self) -> None:
        outbox = Outbox(self._file)
        while not self._ending.is_set():
            self._collect(outbox)
            if not self._settings.webhook.url:
                self._stand_down(outbox)
                continue
            waiting = outbox.next(self._clock())
            if waiting is not None:
                self._send(outbox, waiting)
        self._collect(outbox, wait=False)

    def _collect(self, outbox: Outbox, *, wait: bool = True) -> None:
        """Keep what was told; sleeps until there is something to do."""
        pause = outbox.pause(self._clock()) if self._settings.webhook.url else None
        seconds = LONGEST_SLEEP if pause is None else min(pause, LONGEST_SLEEP)
        wait = wait and seconds > 0
        try:
            while True:
                event = self._queue.get(block=wait, timeout=seconds if wait else None)
                wait = False
                if event is not None:
                    outbox.add(event, self._clock())
        except queue.Empty:
            return

    def _stand_down(self, outbox: Outbox) -> None:
        """It was switched off: nobody wants what waits."""
        if len(outbox):
            outbox.clear()
        self._report(self.name, "")

    def _send(self, outbox: Outbox, waiting: Waiting) -> None:
        from core.notify.webhook import Outcome, Sender  # noqa: PLC0415  1 MB that few have use for

        event = waiting.event
        self._sender = self._sender or Sender()
        try:
            outcome = self._sender.send(event, self._settings, waiting.attempts + 1)
        except Exception as error:
            log.exception("an event could not be sent")
            outcome = Outcome(False, True, str(error) or type(error).__name__)
        now = self._clock()
        if outcome.taken:
            outbox.drop(event.id)
            self._tell_state(outbox, "")
            return
        given_up = outcome.final or outbox.failed(waiting, now, outcome.wait)
        if outcome.final:
            outbox.drop(event.id)
        if given_up:
            log.error(
                "the webhook was not told",
                kind=event.kind,
                account=event.account,
                why=outcome.text,
                attempts=waiting.attempts + 1,
            )
        fate = "it is not told of it" if given_up else "it is tried again"
        self._tell_state(outbox, f"{outcome.text}; {fate} ({event.kind})")

    def _tell_state(self, outbox: Outbox, problem: str) -> None:
        lost = self._lost + outbox.lost
        also = f"{lost} events were dropped because too many wait" if lost else ""
        self._report(self.name, "; ".join(filter(None, (problem, outbox.problem, also))))
