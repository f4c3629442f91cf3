"""Watches for stolen accounts: shows the lookout what is observed, and tells it what it must know.

What it asks of an account's past is looked up by the writer, which has the store open; no answer
waits for any of this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from core.daemon import stolen_file
from core.daemon.stolen_cases import Announce, StolenCases
from core.engine.observation import DeliverySeen, LoginSeen, MailSeen, RefusalSeen, VisitSeen
from core.engine.policy import Snapshot
from core.engine.stolen.lookout import Lookout
from core.engine.stolen.outflow import Usual
from core.errors import StoreError
from core.notify.announce import announce_stolen
from core.settings.stolen import Stolen
from core.sources.facts import AddressFacts
from core.store.account_past import SentBefore
from core.store.signal import Closed
from core.words import NetworkKind

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon
    from core.store.store import Store

log = structlog.get_logger()

FILE: Final = "stolen"
"""In the state directory."""

SWEEP_SECONDS: Final = 600
"""How often what is over is forgotten."""

ASKED_AT_ONCE: Final = 500
SENDERS_AT_ONCE: Final = 10
"""Accounts whose past is asked for in a second: from where they log in, and, which takes a query
for each, what they send."""

LEARNED_AT_ONCE: Final = 20
"""Of them, those that are judged before mail servers have their turn: half a millisecond."""

ASK_AGAIN: Final = 120.0
"""Seconds after which a question that nobody answered is put again."""

Seen = TypeVar("Seen")


class StolenWatch:
    """A companion of the daemon.

    Args:
        daemon: whose.
        announce: tells people; runs in a thread, may take long, may fail.

    Attributes:
        lookout: judges.
        cases: what was done.
    """

    name = "stolen accounts"

    def __init__(self, daemon: Daemon, announce: Announce = announce_stolen) -> None:
        self._daemon = daemon
        self.lookout = Lookout(*daemon.guard.accounts.columns[1:])
        self.cases = StolenCases(daemon, announce)
        self._asked_at = -inf
        self._look = self._shielded(self._look_at_sender)
        self._ticks = 0
        self._failing = False

    # its life

    def start(self) -> None:
        """Take up what is known, and begin to observe."""
        daemon = self._daemon
        self._loop = asyncio.get_running_loop()
        problem = stolen_file.restore(daemon.config.state / FILE, self.lookout)
        if daemon.writer.store is not None:
            try:
                self.cases.recall(daemon.writer.store)
            except StoreError as error:
                problem = problem or str(error)
        daemon.parts.report(self.name, problem)
        self.cases.start()
        observers = daemon.guard.observers
        observers.logins.append(self._shielded(self._on_login))
        observers.visits.append(self._shielded(self._on_visit))
        observers.mails.append(self._on_mail)
        observers.deliveries.append(self._shielded(self._on_delivery))
        observers.refusals.append(self._shielded(self._on_refusal))

    def renew(self, snapshot: Snapshot) -> None:  # noqa: ARG002  the contract of companions
        """Look at everybody with the new settings."""
        self.lookout.renew()
        self.cases.hurry()

    def tick(self, wall: float) -> None:
        """Ask for what must be known, tell what is to be told, forget what is over."""
        self._ask(wall)
        self.cases.tell(wall)
        self.lookout.sweep_sending(wall)
        self._ticks += 1
        if self._ticks % SWEEP_SECONDS == 0:
            self.lookout.sweep(wall)
            self.cases.sweep(wall)

    def stop(self) -> None:
        """Tell the last news, and keep what a restart needs."""
        problem = stolen_file.save(self._daemon.config.state / FILE, self.lookout)
        if problem:
            log.error(problem)
        self.cases.stop(time.time())

    def close(self, account: str, by: str, closed: Closed) -> int:
        """Close all signals of an account; returns how many were known to be open.

        Args:
            account: normalised name.
            by: who closes them.
            closed: as what. What was the owner's is known from then on; what came before a change
                of the password says nothing any more.
        """
        count, countries = self.cases.close(account, by, closed)
        if closed == "owner":
            self.lookout.teach(account, countries)
        elif closed == "password":
            self.lookout.forget(account)
        return count

    # what is observed

    def _on_login(self, seen: LoginSeen) -> None:
        if seen.succeeded and seen.account:
            self._visit(seen.at, seen.facts, seen.account)

    def _on_visit(self, seen: VisitSeen) -> None:
        if seen.account:
            self._visit(seen.at, seen.facts, seen.account)

    def _on_mail(self, seen: MailSeen) -> None:
        # Counted first: most mails need no settings.
        account = seen.account
        if account and self.lookout.count(account, seen.at, seen.recipients, seen.count):
            self._look(seen)

    def _look_at_sender(self, seen: MailSeen) -> None:
        account = seen.account
        settings = self._settings(account)
        if settings.action != "off" and not self.cases.sends_freely(account):
            self.cases.act(self.lookout.look(seen.at, account, settings))

    def _on_delivery(self, seen: DeliverySeen) -> None:
        account = seen.account
        settings = self._settings(account)
        if account and settings.action != "off" and not self.cases.sends_freely(account):
            self.cases.act(
                self.lookout.delivery(seen.at, account, seen.recipient, seen.failed, settings)
            )

    def _on_refusal(self, seen: RefusalSeen) -> None:
        if self._settings(seen.account).action != "off" and not seen.facts.local:
            self.cases.act(self.lookout.refusal(seen.at, seen.facts, seen.account, seen.reason))

    def _visit(self, at: float, facts: AddressFacts, account: str) -> None:
        if not facts.version or facts.local or not self.lookout.is_news(account, facts, at):
            return
        settings = self._settings(account)
        if settings.action != "off" and not self._is_spared(facts, account, at):
            self.cases.act(self.lookout.login(at, facts, account, settings))

    def _settings(self, account: str) -> Stolen:
        return self._daemon.guard.snapshot.resolved.of_account(account).stolen

    def _is_spared(self, facts: AddressFacts, account: str, at: float) -> bool:
        """Whether a place says nothing about who is there, or somebody said that it is fine."""
        if any(hit.kind is NetworkKind.RELAY for hit in facts.hits):
            return True
        snapshot = self._daemon.guard.snapshot
        accounts, policy = snapshot.exempt_accounts, snapshot.policy(account)
        if not accounts.empty and accounts.find(account, at) is not None:
            return True
        if not policy.exempt.empty and policy.exempt.find(facts, at) is not None:
            return True
        found = (policy.country.passes.get(code) for code in (facts.country, facts.second))
        return any(each is not None and each.expires > at for each in found)

    # what must be known

    def _ask(self, wall: float) -> None:
        """Put one question at a time: whatever is asked about waits in memory."""
        if self._daemon.writer.store is None or wall - self._asked_at <= ASK_AGAIN:
            return
        homes, senders = self.lookout.wanted(ASKED_AT_ONCE, SENDERS_AT_ONCE)

        def answer(store: Store) -> None:
            found = dict.fromkeys(homes, ()) | store.past.homes(homes, wall)
            sent = {name: store.past.sent(name, wall) for name in senders}
            self._loop.call_soon_threadsafe(self._learn, found, sent)

        if homes or senders:
            self._asked_at = wall
            self._daemon.writer.put(answer)

    def _learn(self, homes: dict[str, tuple[str, ...]], sent: dict[str, SentBefore | None]) -> None:
        """Take in what was asked for, a little at a time: mail servers wait for their answers."""
        waiting_homes, waiting_senders = list(homes.items()), list(sent.items())
        learn_home = self._shielded(self._learn_home)
        learn_sender = self._shielded(self._learn_sender)

        def go_on() -> None:
            for _ in range(LEARNED_AT_ONCE):
                if waiting_homes:
                    learn_home(waiting_homes.pop())
                elif waiting_senders:
                    learn_sender(waiting_senders.pop())
                else:
                    self._asked_at = -inf
                    return
            self._loop.call_soon(go_on)

        go_on()

    def _learn_home(self, told: tuple[str, tuple[str, ...]]) -> None:
        account, known = told
        self.cases.act(self.lookout.learn_home(account, known, self._settings(account)))

    def _learn_sender(self, told: tuple[str, SentBefore | None]) -> None:
        account, before = told
        usual = Usual(before.mails, before.recipients, before.days) if before else None
        settings = self._settings(account)
        self.cases.act(self.lookout.learn_usual(account, usual, time.time(), settings))

    def _shielded(self, observe: Callable[[Seen], None]) -> Callable[[Seen], None]:
        """An observer that never raises: what it gets wrong must not change an answer."""

        def observed(seen: Seen) -> None:
            try:
                observe(seen)
            except Exception as error:  # our own fault must not stop mail
                if not self._failing:
                    log.exception("what was observed of an account was left out")
                self._failing = True
                self._daemon.parts.report(self.name, str(error) or type(error).__name__)

        return observed
