"""Shows the judge what is observed, and keeps what it finds.

What the store keeps is restored at the start, entries with the history that spares people. Servers
that share a store take each other's attackers from it once a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import structlog

from core.daemon.webhook_watch import WebhookWatch
from core.desk.recall import (
    DAY,
    OFFENCE_DAYS,
    entry_of,
    kept_of,
    protected,
    recall_attackers,
    recall_homes,
)
from core.engine.judging.entry import Entry
from core.engine.judging.place import read
from core.engine.observation import LoginSeen, VisitSeen
from core.engine.policy import Snapshot
from core.errors import StoreError
from core.store.attacker import Attacker

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon
    from core.store.good_pair import GoodPair
    from core.store.store import Store

log = structlog.get_logger()

SHARE_SECONDS: Final = 60
"""How often the store is read for attackers that another server has seen."""

OVERLAP: Final = 600.0
"""Seconds that are read twice: clocks of servers differ, and transactions end out of order."""

MOST_PAIRS: Final = 10_000
"""Good pairs that wait to be written at most: 250 octets each; what is lost is learned again the
next day."""

PAIRS_AT_ONCE: Final = 2_000
"""As many are written at once, without waiting for the minute to end."""


class AttackWatch:
    """A companion of the daemon.

    Args:
        daemon: whose.
    """

    name = "attackers"

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._judge = daemon.guard.judge
        self._found: list[Entry] = []
        self._pairs: list[GoodPair] = []
        self._newest = 0
        self._ticks = 0
        self._asking = False

    # its life

    def start(self) -> None:
        """Take up what is known, and begin to observe."""
        self._loop = asyncio.get_running_loop()
        self.renew(self._daemon.guard.snapshot)
        store = self._daemon.writer.store
        if store is not None:
            self._restore(store)
        observers = self._daemon.guard.observers
        observers.logins.append(self._on_login)
        observers.visits.append(self._on_visit)

    def renew(self, snapshot: Snapshot) -> None:
        """Take new settings; what is exempt by now is no attacker any more."""
        judge, look, wall = self._judge, self._daemon.guard.sources.look, time.time()
        before = {entry.place for entry in judge.standing}
        judge.configure(snapshot.resolved.server.attack, protected(snapshot, look, wall))
        gone = sorted(before - {entry.place for entry in judge.standing})
        if gone:
            self._daemon.writer.put(
                lambda store: store.attackers.released(gone, wall, "Mailward", "exempt")
            )

    def tick(self, wall: float) -> None:
        """End what is over; once a second write what was found, once a minute share it."""
        self._judge.expire(wall)
        self._ticks += 1
        if self._found:
            found, self._found = self._found, []
            webhook = self._daemon.company.find(WebhookWatch)
            if webhook is not None:
                webhook.tell_attackers(found)
            self._daemon.writer.put(lambda store: store.attackers.seen(list(map(kept_of, found))))
        self._pairs = [*self._pairs, *self._judge.history.fresh()][-MOST_PAIRS:]
        due = self._ticks % SHARE_SECONDS == 0
        if due or len(self._pairs) >= PAIRS_AT_ONCE:
            self._write_pairs(PAIRS_AT_ONCE)
        if due:
            self._ask()
        if self._ticks % 3600 == 120:
            self._daemon.writer.put(self._prune)

    def stop(self) -> None:
        """Write the rest."""
        if self._found:
            found = list(map(kept_of, self._found))
            self._daemon.writer.put(lambda store: store.attackers.seen(found))
        self._pairs += self._judge.history.fresh()
        self._write_pairs(MOST_PAIRS)

    # what is observed

    def _on_login(self, seen: LoginSeen) -> None:
        try:
            found = self._judge.observe(seen)
        except Exception:
            log.exception("the judge failed")
            return
        for entry in found:
            log.warning("an attacker is refused", place=entry.place, evidence=entry.evidence)
        self._found += found

    def _on_visit(self, seen: VisitSeen) -> None:
        try:
            self._judge.good(seen.account, seen.facts, seen.at)
        except Exception:
            log.exception("the judge failed")

    def learn(self, pairs: Iterable[GoodPair]) -> int:
        """Learn good pairs from elsewhere, as from old logs, and keep them; returns how many."""
        learned = list(pairs)
        self._judge.learn(learned)
        if learned:
            self._daemon.writer.put(lambda store: store.good_pairs.learn(learned))
        return len(learned)

    def release(self, place: str, by: str, why: str) -> list[Entry]:
        """Let an attacker go, with all inside it, and forget what it did.

        Raises:
            ValueError: `place` is none.
        """
        found = self._judge.release(place)
        names, wall = [entry.place for entry in found], time.time()
        self._found = [entry for entry in self._found if entry.place not in names]
        if found:
            kept = list(map(kept_of, found))
            self._daemon.writer.put(lambda store: _release(store, kept, wall, by, why))
        return found

    # what is kept

    def _restore(self, store: Store) -> None:
        """Both or nothing: attackers without the history that spares people would lock them out."""
        wall = time.time()
        days = self._daemon.rules.resolved.server.attack.remember_days
        try:
            recall_homes(self._judge, store, days, wall)
            self._newest = recall_attackers(self._judge, store, wall)
        except StoreError as error:
            log.error("attackers could not be restored", problem=str(error))

    def _write_pairs(self, most: int) -> None:
        pairs, self._pairs = self._pairs[:most], self._pairs[most:]
        if pairs:
            self._daemon.writer.put(lambda store: store.good_pairs.learn(pairs))

    def _ask(self) -> None:
        """Let the writer's thread read what other servers have seen, or people have released."""
        if self._asking:
            return
        self._asking = True
        after, since = self._newest, time.time() - SHARE_SECONDS - OVERLAP

        def read_news(store: Store) -> None:
            try:
                news = store.attackers.news(after, since)
            except StoreError:
                news = []
            self._loop.call_soon_threadsafe(self._take, news)

        self._daemon.writer.put(read_news)

    def _take(self, news: list[Attacker]) -> None:
        self._asking = False
        wall, judge = time.time(), self._judge
        fresh = []
        for each in news:
            self._newest = max(self._newest, each.id)
            mine = judge.standing.get(read(each.place))
            if each.released_at is not None:
                if mine is not None and mine.since <= each.released_at:
                    judge.release(each.place)
            elif mine is None and each.until > wall:
                fresh.append(entry_of(each))
        if fresh:
            judge.restore(fresh, wall)

    def _prune(self, store: Store) -> None:
        resolved, wall = self._daemon.rules.resolved, time.time()
        before = wall - max(OFFENCE_DAYS, resolved.server.keep.event_days) * DAY
        more = store.attackers.prune(before)
        more |= store.good_pairs.prune(int(wall // DAY), resolved.server.attack.remember_days)
        if more:
            self._daemon.writer.put(self._prune)


def _release(store: Store, kept: list[Attacker], wall: float, by: str, why: str) -> Any:
    store.attackers.seen(kept)  # they may not be there yet
    return store.attackers.released([each.place for each in kept], wall, by, why)
