"""Tells observers what a mail server's questions show: who has logged in, and who sends."""

from __future__ import annotations

import time

from core.daemon.asker import Asker
from core.engine.decide import Decision
from core.engine.observation import (
    VISIT_SECONDS,
    LoginSeen,
    MailSeen,
    Observers,
    RefusalSeen,
    VisitSeen,
)
from core.engine.request import Request
from core.settings.account import domain_of
from core.sources.facts import AddressFacts
from core.store.journal import Journal, Note
from core.words import BLOCKED_REASONS, Reason, Stage, Verdict

_ALLOW = Verdict.ALLOW
"""Slow to look up in its class before Python 3.12."""


def login(observers: Observers, asker: Asker, decision: Decision, wall: float) -> None:
    """A mail server asks after the password: it was right, whatever we make of the login.

    Args:
        observers: who is told.
        asker: whose login it is.
        decision: what was made of it.
        wall: seconds since 1970.
    """
    request, facts = asker.request, asker.facts
    if facts is None or not request.account:
        return
    if decision.verdict is _ALLOW:
        observers.tell_login(LoginSeen(wall, request.service, facts, request.account, True))
    elif decision.reason not in BLOCKED_REASONS:
        observers.tell_refusal(RefusalSeen(wall, facts, request.account, decision.reason))


def password(
    observers: Observers,
    journal: Journal,
    request: Request,
    facts: AddressFacts,
    succeeded: bool,
    attempt: str,
) -> None:
    """A password was checked: an event, and news for those who observe.

    Args:
        observers: who is told.
        journal: takes the event.
        request: the question that the check was about.
        facts: what is known about the address.
        succeeded: the password was right.
        attempt: see `core.engine.observation.LoginSeen`.
    """
    wall, account = time.time(), request.account
    if observers.logins:
        seen = LoginSeen(wall, request.service, facts, account, succeeded, attempt)
        observers.tell_login(seen)
    journal.note(
        Note(
            wall,
            Stage.AUTH,
            request.service,
            _ALLOW,
            Reason.LOGIN_OK if succeeded else Reason.LOGIN_FAILED,
            "",
            facts.address,
            facts.country or facts.second,
            facts.asn,
            account,
            domain_of(account),
        )
    )


def mail(
    observers: Observers, asker: Asker, facts: AddressFacts, request: Request, wall: float
) -> None:
    """A mail was let through; the first of a minute is a visit, too.

    Args:
        observers: who is told.
        asker: who sends.
        facts: from where.
        request: which mail.
        wall: seconds since 1970.
    """
    if not asker.visited <= wall < asker.visited + VISIT_SECONDS:
        asker.visited = wall
        observers.tell_visit(VisitSeen(wall, facts, request.account))
    named = (request.queue_id,) if request.queue_id else ()
    seen = MailSeen(wall, facts, request.account, request.recipients, named)
    for observe in observers.mails:
        observe(seen)
