"""Says whom root shall ban: attackers that go on although they are refused.

Counts refusals by the journal's events once their minute is over, so the way to an answer knows
nothing of it. The daemon is not root: what it wants stands in a file (`core.system.ban_file`),
written whole, every ten seconds at most. A ban lasts as long as its attacker stands, so whoever is
released, exempted or turns out to be at home somewhere is let go.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Final

import structlog
from msgspec import Struct

from core.engine.judging.place import read, text
from core.errors import DataError
from core.settings.ban import Ban as Rules
from core.store.event import Event
from core.system import ban_file
from core.system.ban_file import Ban, Bans
from core.words import Reason, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from core.daemon.daemon import Daemon
    from core.engine.policy import Snapshot

log = structlog.get_logger()

WRITE_SECONDS: Final = 10
"""How often the file is written at most."""

EVENT_SECONDS: Final = 61.0
"""After so long an event of a clock minute grows no more, and is counted."""

MOST_EVENTS: Final = 20_000
COUNTED_AT_ONCE: Final = 300
"""Events that wait to be counted, and those that are counted in one second: the journal itself
keeps two hundred a second."""

COUNTED: Final = 20_000
"""Addresses whose refusals are counted at most; the first go first."""

FORGOTTEN: Final = 86_400.0
"""Seconds after its last refusal that an address begins anew."""

LOOKED_AT_AGAIN: Final = 50
"""Bans that are looked at again in one second."""


class Tally(Struct):
    """Refusals of an address: how many, and when last."""

    count: int = 0
    last: float = 0.0


class BanWatch:
    """A companion of the daemon.

    Args:
        daemon: whose.
    """

    name = "bans"

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._rules = Rules()
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._tallies: dict[str, Tally] = {}
        self._bans: dict[str, float] = {}
        self._queue: list[str] = []
        self._known = Bans()
        self._is_new = False
        self._writing = False
        self._ticks = 0

    # its life

    def start(self) -> None:
        """Take up who was banned, and begin to count."""
        self._rules = self._daemon.guard.snapshot.resolved.server.ban
        try:
            known = ban_file.read(self._file)
        except DataError as error:
            log.warning("bans from before are forgotten", problem=str(error))
            known = Bans()
        now = time.time()
        self._bans = {each.address: each.until for each in known.bans if each.until > now}
        self._known = known
        self._is_new = True
        self._daemon.journal.listeners.append(self._on_event)

    def renew(self, snapshot: Snapshot) -> None:
        """Take other rules; they are looked at again, all of them."""
        self._rules = snapshot.resolved.server.ban
        if self._rules.action == "off":
            self._bans.clear()
            self._tallies.clear()
            self._events.clear()
        self._is_new = True
        self._queue = list(self._bans)

    def tick(self, wall: float) -> None:
        """Look at a few bans again; count and write now and then."""
        self._ticks += 1
        self._look_again(wall)
        if self._rules.action != "off":
            self._count(wall)
        if self._is_new and not self._writing and self._ticks % WRITE_SECONDS == 0:
            self._write()

    def stop(self) -> None:
        """Nothing is owed: the file has what counts."""

    @property
    def _file(self) -> Path:
        return self._daemon.config.state / ban_file.NAME

    # who goes on

    def _on_event(self, event: Event) -> None:
        """An event of the journal, which grows with each equal one for a minute."""
        if (
            event.reason is Reason.ATTACKER_SEEN
            and event.verdict is Verdict.DENY
            and self._rules.action != "off"
        ):
            self._events.append(event)

    def _count(self, wall: float) -> None:
        """Count the refusals of events that are over, a few each time."""
        for _ in range(COUNTED_AT_ONCE):
            if not self._events or wall - self._events[0].at < EVENT_SECONDS:
                return
            event = self._events.popleft()
            try:
                place = text(read(event.address))
            except ValueError:
                continue  # nobody comes from there by the internet
            if self._tally(place, event.count, wall) >= self._rules.after:
                del self._tallies[place]
                self._ban(place, event.address, wall)

    def _tally(self, place: str, more: int, wall: float) -> int:
        """Count for a place; returns how often it was refused."""
        if place not in self._tallies and len(self._tallies) >= COUNTED:
            del self._tallies[next(iter(self._tallies))]
        tally = self._tallies.setdefault(place, Tally())
        if wall - tally.last > FORGOTTEN:
            tally.count = 0
        tally.count += more
        tally.last = wall
        return tally.count

    def _ban(self, place: str, address: str, wall: float) -> None:
        facts = self._daemon.guard.sources.look(address)
        until = self._daemon.guard.judge.bannable_until(facts, wall)
        if not until:
            return
        if place not in self._bans:
            log.warning("an attacker is to be banned", place=place)
        self._bans[place] = min(until, wall + self._rules.hours * 3600.0)
        if len(self._bans) > self._rules.limit:
            del self._bans[min(self._bans, key=self._bans.__getitem__)]
        self._is_new = True

    def _look_again(self, wall: float) -> None:
        """Let go of whoever may not be banned any more; each ban has its turn now and then."""
        if not self._queue:
            self._queue = list(self._bans)
        guard = self._daemon.guard
        turn, self._queue = self._queue[:LOOKED_AT_AGAIN], self._queue[LOOKED_AT_AGAIN:]
        for place in turn:
            until = self._bans.get(place)
            if until is None:
                continue
            facts = guard.sources.look(place.partition("/")[0])
            if until <= wall or not guard.judge.bannable_until(facts, wall):
                del self._bans[place]
                self._is_new = True

    # what root reads

    def _write(self) -> None:
        """Write the file in a thread, if it says something else by now."""
        bans = tuple(Ban(place, self._bans[place]) for place in sorted(self._bans))
        action = self._rules.action
        wanted = Bans() if action == "off" else Bans(action, self._rules.smtp, bans)
        self._is_new = False
        if wanted == self._known:
            return
        self._writing = True
        written = asyncio.get_running_loop().run_in_executor(
            None, ban_file.write, self._file, wanted
        )
        written.add_done_callback(lambda done: self._is_written(done, wanted))

    def _is_written(self, done: asyncio.Future[None], wanted: Bans) -> None:
        self._writing = False
        error = None if done.cancelled() else done.exception()
        if error is None:
            self._known = wanted
            self._daemon.parts.report(self.name, "")
            return
        self._is_new = True
        said = getattr(error, "strerror", "") or str(error)
        self._daemon.parts.report(self.name, f"root is not told whom to ban: {said}")
