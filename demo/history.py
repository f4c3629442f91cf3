"""A month that has already happened, so that statistics, log and blocks look alive.

Visits are drawn by the hour with the rhythm of days and weeks, and decided by the real engine with
the settings of their time; the journal collapses storms and the store counts, as in the daemon.
Only the clock is made up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from msgspec import Struct

from core.daemon.asker import note_of
from core.engine.blocks import Blocks
from core.engine.checks import Question
from core.engine.decide import Decision, decide
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.settings.account import domain_of
from core.settings.scope import typed
from core.sources.sources import Sources
from core.store.block import Block
from core.store.journal import Journal, Note
from core.store.ledger import Ledger
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from demo import cast, places, rules
from demo.visit import SMTP, Visit

HOUR = 3600.0
DAYS = 30
RHYTHM = (2, 1, 1, 1, 2, 6, 20, 44, 68, 72, 68, 64, 52, 60, 66, 64, 60, 52, 40, 36, 32, 24, 14, 6)
"""Visits of people in each hour of a working day."""

WEEKEND = 0.3
"""How much of that is left on Saturdays and Sundays."""

Progress = Callable[[float], None]


class Burst(Struct, frozen=True):
    """An account that hit the send window.

    Attributes:
        age: days ago.
        account: whose.
        place: where it sent from; None for the account's own office.
        released_after: seconds until the administrator released it; None for it ran out.
    """

    age: float
    account: str
    place: places.Place | None
    released_after: float | None


BURSTS = (
    Burst(19.35, "jan@ahoy.example", places.THIEVES[0], 2.1 * HOUR),
    Burst(12.55, "booking@ahoy.example", places.THIEVES[1], None),
    Burst(5.7, cast.NEWSLETTER, None, 0.8 * HOUR),
    Burst(3.6, "shop1@huber.example", places.THIEVES[2], 0.7 * HOUR),
    Burst(0.1, "shop1@huber.example", places.THIEVES[2], None),
)
"""The last one stands when the month ends."""

SESSION = 10
"""Mails that a thief or a newsletter hands over in one go."""


class Past:
    """Writes the month that ends now.

    Args:
        store: an empty store.
        sources: what is known about addresses.
        now: where it ends, seconds since 1970.
        seed: another one, another month.
    """

    def __init__(self, store: Store, sources: Sources, now: float, seed: int = 1) -> None:
        self._store = store
        self._sources = sources
        self._now = now
        self._random = Random(seed)
        self._journal = Journal()
        self._blocks = Blocks()
        self._windows = SendWindows()
        self._changes = list(rules.MONTH)
        self._bursts = list(BURSTS)
        self._releases: list[tuple[float, str]] = []
        self._snapshot = Snapshot(typed({})[0])
        self._queue_ids = 0

    def write(self, progress: Progress) -> None:
        """Write it all, oldest first.

        Args:
            progress: told now and then which part is done, from 0 to 1.

        Raises:
            StoreError: the store cannot be written.
        """
        begin = self._now - DAYS * rules.DAY
        hours = int(DAYS * rules.DAY / HOUR)
        self._change_settings(begin)
        for hour in range(hours):
            start = begin + hour * HOUR
            self._change_settings(start + HOUR)
            for at, visit in self._hour(start):
                self._release(at)
                self._perform(visit, at)
            self._write_events(start + HOUR)
            if hour % 12 == 0:
                progress(hour / hours)
        self._change_settings(self._now)
        progress(1.0)

    def _change_settings(self, until: float) -> None:
        while self._changes and self._now - self._changes[0].age * rules.DAY <= until:
            change = self._changes.pop(0)
            change.make(self._store, self._now - change.age * rules.DAY)
            self._snapshot = Snapshot(typed(self._store.settings.all())[0])

    def _hour(self, start: float) -> list[tuple[float, Visit]]:
        """What happens in the hour, in its order."""
        random, moment = self._random, datetime.fromtimestamp(start)  # noqa: DTZ006  people's time
        people = RHYTHM[moment.hour] * (WEEKEND if moment.weekday() > 4 else 1.0)
        visits = [
            (start + random.random() * HOUR, cast.ordinary(random, int(start // rules.DAY)))
            for _ in range(_about(people, random))
        ]
        for _ in range(_about(self._attackers(start), random)):
            visit, at = cast.attack(random), start + random.random() * HOUR
            visits += [(at + 1.5 * n, visit) for n in range(random.choice((1, 1, 2, 3, 5)))]
        visits += self._burst(start)
        return sorted(visits, key=lambda item: item[0])

    def _attackers(self, start: float) -> float:
        """Attackers in an hour: more from week to week, and one wave of three days."""
        age = (self._now - start) / rules.DAY
        growth = 4 + 14 * max(0.0, 1 - age / DAYS) ** 2
        return growth + 30 * math.exp(-(((age - 9.0) / 1.1) ** 2))

    def _burst(self, start: float) -> Iterator[tuple[float, Visit]]:
        while self._bursts and self._now - self._bursts[0].age * rules.DAY < start + HOUR:
            burst = self._bursts.pop(0)
            at = max(start, self._now - burst.age * rules.DAY)
            office = cast.CUSTOMER_OF[domain_of(burst.account)].office
            address = burst.place.address(self._random) if burst.place else office
            limit = self._snapshot.policy(burst.account).send.limit
            for number in range(0, limit + 3 * SESSION, SESSION):
                visit = Visit(burst.account, address, Service.SUBMISSION, mails=SESSION, gap=0.9)
                yield at + number * 0.9, visit
            if burst.released_after is not None:
                self._releases.append((at + burst.released_after, burst.account))

    def _release(self, now: float) -> None:
        while self._releases and self._releases[0][0] <= now:
            at, account = self._releases.pop(0)
            self._blocks.release(account)
            self._store.blocks.released(account, at, rules.ADMIN)

    def _perform(self, visit: Visit, at: float) -> None:
        """The questions that Postfix and Dovecot ask about a visit, until one is refused."""
        sends = visit.service in SMTP
        if not self._pass(visit, Stage.CONNECT, at, quiet=not sends):
            return
        if sends and not visit.knows:
            self._note_login(visit, at, Reason.LOGIN_FAILED)
        elif sends:
            passed = self._pass(visit, Stage.AUTH, at)
            for number in range(visit.mails if passed else 0):
                if not self._pass(visit, Stage.SEND, at + number * visit.gap):
                    return
        elif self._pass(visit, Stage.AUTH, at, quiet=True):
            self._note_login(visit, at, Reason.LOGIN_OK if visit.knows else Reason.LOGIN_FAILED)

    def _pass(self, visit: Visit, stage: Stage, at: float, quiet: bool = False) -> bool:
        """Ask one question, note the answer; False when it was a refusal."""
        connect = stage is Stage.CONNECT
        account = "" if connect else visit.account
        sending = visit.service in SMTP and not connect
        recipients = visit.recipients if stage is Stage.SEND else 0
        request = Request(
            stage, visit.address, visit.service, account, sending, recipients=recipients
        )
        policy = self._snapshot.server if connect else self._snapshot.policy(account)
        question = Question(
            request,
            self._sources.look(visit.address),
            self._snapshot,
            policy,
            self._blocks,
            self._windows,
            at,
            at,
        )
        decision = decide(question)
        if question.new_block is not None:
            self._store.blocks.opened(question.new_block)
        allowed = decision.verdict is Verdict.ALLOW
        if not (quiet and allowed and not decision.would):
            self._note(question, decision, at)
        return allowed

    def _note(self, question: Question, decision: Decision, at: float) -> None:
        request, facts = question.request, question.facts
        if request.stage is Stage.SEND:
            self._queue_ids += 1
            request.queue_id = f"{int(at) & 0xFFFFF:05X}{self._queue_ids:06X}"
        self._journal.note(note_of(request, facts, decision, at))

    def _note_login(self, visit: Visit, at: float, reason: Reason) -> None:
        facts = self._sources.look(visit.address)
        self._journal.note(
            Note(
                at,
                Stage.AUTH,
                visit.service,
                Verdict.ALLOW,
                reason,
                "",
                facts.address,
                facts.country or facts.second,
                facts.asn,
                visit.account,
                domain_of(visit.account),
            )
        )

    def _write_events(self, until: float) -> None:
        """As the daemon's writer does, with everything new: no line is handed over twice."""
        batch = self._journal.drain(until)
        if batch is not None:
            self._store.record([event for _, event in batch.lines], (), batch.bare)


def keep_standing(state: Path, store: Store, now: float) -> None:
    """What stands when the month ends stands for the daemon, too.

    Args:
        state: the state directory, which no daemon uses.
        store: with the month.
        now: where it ended, seconds since 1970.

    Raises:
        StoreError: the ledger cannot be written.
    """
    ledger = Ledger.open(state / "ledger", now=now)
    try:
        for block in store.blocks.standing(now):
            kept = {name: getattr(block, name) for name in Block.__struct_fields__}
            ledger.block(Block(**kept))
    finally:
        ledger.close()


def _about(mean: float, random: Random) -> int:
    """A whole number with this mean."""
    return max(0, round(random.gauss(mean, math.sqrt(mean))))
