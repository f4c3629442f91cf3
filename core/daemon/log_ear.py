"""Takes what mail logs say as the doors take what mail servers ask: looked up, normalised, noted.

What a door has told already is left out (`log_hearsay.py`). Never changes an answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from sys import intern
from typing import Final

import structlog

from core.daemon.guard import Guard
from core.daemon.log_hearsay import Hearsay, Report
from core.engine.observation import DeliverySeen, LoginSeen, MailSeen, VisitSeen
from core.maillog.batch import Batch
from core.maillog.mails import Fate
from core.maillog.record import Login, Mail, Outcome
from core.maillog.visits import NO_TRY
from core.settings.account import domain_of, normalise
from core.sources.facts import AddressFacts
from core.store.journal import Journal, Note
from core.words import Reason, Service, Stage, Verdict

log = structlog.get_logger()

_MOST_ATTEMPTS: Final = 10_000
"""Tries of one line that are believed."""


class LogEar:
    """Hears logs for a guard.

    Args:
        guard: whose observers are told.
        hearsay: what doors have told.
        journal: takes logins and mails.

    Attributes:
        logins, mails, fates: how many were new.
        doubles: how many a door had told of.
        faults: how many could not be taken, which is our own fault.
    """

    def __init__(self, guard: Guard, hearsay: Hearsay, journal: Journal) -> None:
        self._guard = guard
        self._hearsay = hearsay
        self._journal = journal
        self._speaking = False
        self.logins = self.mails = self.fates = self.doubles = self.faults = 0

    def start(self) -> None:
        """Begin to listen to the doors."""
        observers = self._guard.observers
        observers.logins.append(self._on_login)
        observers.visits.append(self._on_visit)
        observers.mails.append(self._on_mail)

    def _on_login(self, seen: LoginSeen) -> None:
        if not self._speaking:
            self._hearsay.heard_login(seen)

    def _on_visit(self, seen: VisitSeen) -> None:
        if not self._speaking:
            self._hearsay.heard_visit(seen)

    def _on_mail(self, seen: MailSeen) -> None:
        if not self._speaking:
            self._hearsay.heard_mail(seen)

    def hear(self, batch: Batch) -> Iterator[None]:
        """Take a batch, a record at each step. What fails is left out, and counted."""
        self._guard.tally.settle_all()  # of these mails the log may tell by now
        now = time.time()
        records: Iterable[Login | Mail | Fate] = chain(batch.logins, batch.mails, batch.fates)
        for record in records:
            try:
                self._take(record, now)
            except Exception:  # our own fault must not end what follows
                if not self.faults:
                    log.exception("what a log says was left out")
                self.faults += 1
            yield

    def _take(self, record: Login | Mail | Fate, now: float) -> None:
        if isinstance(record, Login):
            self.login(record, now)
        elif isinstance(record, Mail):
            self.mail(record, now)
        else:
            self.fate(record, now)

    def login(self, login: Login, now: float) -> None:
        """Take a login.

        Args:
            login: what the log says.
            now: seconds since 1970; nothing has happened later, whatever a clock has said.
        """
        if login.failure in NO_TRY:
            return
        at = min(login.at, now)
        account = self._account(login.account)
        facts = self._guard.sources.look(login.address)
        succeeded = login.failure is None
        attempts = max(1, min(login.attempts, _MOST_ATTEMPTS))
        told = Report(at, facts.address, account, succeeded)
        new = self._hearsay.news(told, login.service, attempts)
        self.doubles += attempts - new
        if new:
            self.logins += new
            if succeeded:
                self._hearsay.visits.note(facts.address, account, at)
            self._note_login(at, login.service, facts, account, succeeded, new)

    def _note_login(
        self,
        at: float,
        service: Service,
        facts: AddressFacts,
        account: str,
        succeeded: bool,
        count: int = 1,
    ) -> None:
        self._speaking = True
        try:
            seen = LoginSeen(at, service, facts, account, succeeded)
            self._guard.observers.tell_login(seen)
        finally:
            self._speaking = False
        reason = Reason.LOGIN_OK if succeeded else Reason.LOGIN_FAILED
        note = _note(at, Stage.AUTH, service, reason, facts, account)
        line = self._journal.note(note)
        for _ in range(count - 1):
            if line is None or not self._journal.grow(line, at, 0):
                self._journal.note(note)

    def mail(self, mail: Mail, now: float) -> None:
        """Take a mail that is in the queue; arguments as for `login`."""
        at = min(mail.at, now)
        local = mail.service is Service.LOCAL
        account = f"local:{normalise(mail.account)}" if local else self._account(mail.account)
        facts = self._guard.sources.look(mail.address)
        is_new = self._hearsay.is_new_mail(mail.queue_id, account, at)
        visits = not local and bool(account) and facts.version > 0
        if visits and self._hearsay.visits.is_new(facts.address, account, at) and is_new:
            self.logins += 1
            self._note_login(at, mail.service, facts, account, True)
        if not is_new:
            self.doubles += 1
            return
        self.mails += 1
        note = _note(at, Stage.SEND, mail.service, Reason.NOTHING_AGAINST, facts, account)
        note.queue_id, note.recipients = mail.queue_id, mail.recipients
        self._journal.note(note)
        self._speaking = True
        try:
            self._guard.observers.tell_visit(VisitSeen(at, facts, account))
            named = (mail.queue_id,) if mail.queue_id else ()
            self._guard.observers.tell_mail(MailSeen(at, facts, account, mail.recipients, named))
        finally:
            self._speaking = False

    def fate(self, fate: Fate, now: float) -> None:
        """Take what became of a mail; arguments as for `login`. Put off is not yet anything."""
        if fate.outcome is Outcome.DEFERRED:
            return
        self.fates += 1
        local = fate.service is Service.LOCAL
        account = f"local:{normalise(fate.account)}" if local else self._account(fate.account)
        failed = fate.outcome is Outcome.FAILED
        seen = DeliverySeen(min(fate.at, now), account, normalise(fate.recipient), failed)
        self._guard.observers.tell_delivery(seen)

    def _account(self, name: str) -> str:
        return self._guard.snapshot.account(name)


def _note(
    at: float, stage: Stage, service: Service, reason: Reason, facts: AddressFacts, account: str
) -> Note:
    return Note(
        at,
        stage,
        service,
        Verdict.ALLOW,
        reason,
        "",
        facts.address,
        facts.country or facts.second,
        facts.asn,
        account,
        intern(domain_of(account)),
    )
