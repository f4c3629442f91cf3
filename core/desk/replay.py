"""Reads old logs as if Mailward had been there: counts them, learns from them, asks today's rules.

What is counted is written a day of the log at a time, together with how far each log is counted.
Whoever breaks it off finds nothing half, and goes on with the same command.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk.own_country import own_country
from core.desk.recall import protected
from core.desk.replay_log import Item, LogFigures, ReplayLog, figures, prepare, stream
from core.desk.replay_rules import TodaysRules
from core.desk.replay_sums import DAY, ReplaySums
from core.engine.observation import LoginSeen
from core.engine.policy import Snapshot
from core.errors import ControlError
from core.licence.feature import Feature
from core.maillog.archive import Archive
from core.maillog.calendar import AHEAD
from core.maillog.record import Login, Mail
from core.maillog.visits import NO_TRY, Visits
from core.net.addresses import own_addresses
from core.settings.account import normalise
from core.sources.sources import Sources
from core.store.good_pair import GoodPair
from core.words import Service

if TYPE_CHECKING:
    from core.desk.desk import Desk
    from core.settings.scope import Resolved
    from core.sources.facts import AddressFacts

MOST_ROWS: Final = 20_000
"""Rows that are written in one transaction, about: some tenths of a second."""

STEPS: Final = 1_000
"""Records after which the progress is told."""

AT_ONCE: Final = 2_000
"""Good pairs that the daemon is told at once."""

MOST_PAIRS: Final = 200_000
"""Good pairs that it is told at all; it has the others from the store when it starts."""

MOST_ATTEMPTS: Final = 10_000


class Wishes(Struct, frozen=True):
    """What is wished for.

    Attributes:
        since: leave out what is older (seconds since 1970); None for all that is kept.
        dry: count nothing, learn nothing.
        again: read also logs that were counted before.
    """

    since: float | None = None
    dry: bool = False
    again: bool = False


class Tally(Struct):
    """How much was counted."""

    logins: int = 0
    failed: int = 0
    mails: int = 0


class Replay:
    """One replay.

    Args:
        desk: whose store and settings.
        archives: the old logs.
        wishes: see there.
        progress: told how many octets of the disk are read.

    Attributes:
        counted: what was counted.
        rules: what today's rules would have done.
        pairs: who was learned to be at home where.
        own_since: since when Mailward itself was there; nothing later is counted.
    """

    def __init__(
        self,
        desk: Desk,
        archives: Sequence[Archive],
        wishes: Wishes,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._desk = desk
        self._wishes = wishes
        self._progress = progress
        self._now = time.time()
        resolved = desk.rules().resolved
        self._since = wishes.since
        if self._since is None:
            self._since = self._now - resolved.server.keep.statistics_days * 86_400
        known = desk.store.replays.known() if desk.has_store else []
        self.own_since = self._now
        if desk.has_store:
            self.own_since = desk.store.replays.own_since(self._now)
        self._logs = prepare(archives, known, again=wishes.again)
        self._snapshot = _snapshot(desk, resolved)
        self.counted = Tally()
        self._sums = ReplaySums()
        self._visits = Visits()
        self._day = 0
        self.pairs: dict[tuple[str, str], GoodPair] = {}

    @property
    def logs(self) -> list[LogFigures]:
        """What became of each log."""
        return [figures(log) for log in self._logs]

    def run(self) -> None:
        """Read all.

        Raises:
            StoreError: the store takes nothing; what was written before is whole.
        """
        try:
            self._read()
        finally:
            for log in self._logs:
                log.archive.close()
        self._tell_daemon()

    def _read(self) -> None:
        with closing(Sources.open(self._desk.config.data, own=own_addresses())) as sources:
            look = sources.look
            self.rules = TodaysRules(self._snapshot, protected(self._snapshot, look, self._now))
            sets: dict[tuple[str, str], list[ReplayLog]] = {}
            for log in self._logs:
                if not log.skipped:
                    sets.setdefault((log.archive.log, log.archive.dialect), []).append(log)
            self._take(heapq.merge(*map(stream, sets.values())), look)
        self._write(None)

    def _take(self, items: Iterable[Item], look: Callable[[str], AddressFacts]) -> None:
        since, latest = self._since or 0.0, self._now + AHEAD
        for number, (at, _, record, log) in enumerate(items):
            if number % STEPS == 0:
                self._progress(sum(each.archive.position for each in self._logs))
            if not since <= at <= latest:
                continue
            self._turn(at)
            counts = at < self.own_since and not self._wishes.dry and not log.is_counted(at)
            if log.is_counted(at) or at >= self.own_since:
                log.passed += 1
            log.seen(at)
            log.counted += counts
            if isinstance(record, Login):
                self._login(record, look(record.address), counts)
            else:
                self._mail(record, look(record.address), counts)

    def _turn(self, at: float) -> None:
        """Write what is finished: a day of the log, or as much as goes into one transaction."""
        day = int(at // DAY)
        if (day > self._day and self._day) or len(self._sums) >= MOST_ROWS:
            self._write(at)
        self._day = max(self._day, day)

    def _login(self, login: Login, facts: AddressFacts, counts: bool) -> None:
        if login.failure in NO_TRY:
            return
        account = self._snapshot.account(login.account)
        succeeded = login.failure is None
        if succeeded:
            self._visits.note(facts.address, account, login.at)
        attempts = max(1, min(login.attempts, MOST_ATTEMPTS))
        self._seen(login.at, login.service, facts, account, succeeded, attempts, counts)

    def _seen(
        self,
        at: float,
        service: Service,
        facts: AddressFacts,
        account: str,
        succeeded: bool,
        attempts: int,
        counts: bool,
    ) -> None:
        self.rules.login(LoginSeen(at, service, facts, account, succeeded), attempts)
        if not counts:
            return
        if succeeded:
            self.counted.logins += attempts
        else:
            self.counted.failed += attempts
        self._sums.login(at, service, facts, account, succeeded, attempts)

    def _mail(self, mail: Mail, facts: AddressFacts, counts: bool) -> None:
        if mail.service is Service.LOCAL:
            account = f"local:{normalise(mail.account)}"
        else:
            account = self._snapshot.account(mail.account)
            if account and facts.version and self._visits.is_new(facts.address, account, mail.at):
                self._seen(mail.at, mail.service, facts, account, True, 1, counts)
        self.rules.mail(mail.at, facts, account, mail.recipients)
        if counts:
            self.counted.mails += 1
            self._sums.mail(mail.at, mail.service, facts, account, mail.recipients)

    # what lasts

    def _write(self, until: float | None) -> None:
        """Write what was counted, and up to when; None for all of it, to the end."""
        fresh = self.rules.judge.history.fresh()
        if self._wishes.dry:
            return
        rows = [row for log in self._logs if (row := log.row(self._now, until)) is not None]
        if not rows:
            return
        sums, proven = self._sums.take()
        store = self._desk.store
        store.replays.count(sums, rows, self._now, proven)
        if fresh:
            store.good_pairs.learn(fresh)
            self._remember(fresh)

    def _remember(self, fresh: Iterable[GoodPair]) -> None:
        for pair in fresh:
            key = (pair.account, pair.network)
            before = self.pairs.get(key)
            if before is not None:
                self.pairs[key] = msgspec.structs.replace(
                    pair,
                    first=min(before.first, pair.first),
                    last=max(before.last, pair.last),
                    days=before.days + pair.days,
                )
            elif len(self.pairs) < MOST_PAIRS:
                self.pairs[key] = pair

    def _tell_daemon(self) -> None:
        """Let a daemon that runs know who is at home where; another one reads it at its start."""
        pairs = [msgspec.to_builtins(pair) for pair in self.pairs.values()]
        with suppress(ControlError):
            for start in range(0, len(pairs), AT_ONCE):
                self._desk.control.call("learn_pairs", pairs=pairs[start : start + AT_ONCE])


def _snapshot(desk: Desk, resolved: Resolved) -> Snapshot:
    """Today's settings as the daemon has them, with what the licence switches off."""
    try:
        status = desk.control.call("status")
    except ControlError:
        status = {}
    off = {Feature(name): str(why) for name, why in status.get("off", {}).items()}
    return Snapshot(resolved, own_country(desk, resolved.server, status), off)


def open_archives(
    names: Sequence[str], dialect: str, zone: tzinfo | None
) -> tuple[list[Archive], Mapping[str, str]]:
    """Open old logs; returns them, and why the others cannot be read, by their names.

    Args:
        names: paths, or ``-``.
        dialect: of all, "" to find out.
        zone: see `core.maillog.archive.Archive`.
    """
    found, wrong = [], {}
    for name in names:
        try:
            found.append(Archive(name, dialect, zone))
        except OSError as error:
            wrong[name] = error.strerror or str(error)
    return found, wrong
