"""The event: a verdict as the journal writes it. One type for store, log lines and live views.

Never carries a password, a password hash or any part of a mail.
"""

from __future__ import annotations

from msgspec import Struct

from core.words import Reason, Service, Stage, Verdict


class Event(Struct, omit_defaults=True, kw_only=True, gc=False):
    """One verdict, or a storm of equal ones.

    Attributes:
        at: when the first of them fell, seconds since 1970 (UTC).
        last: when the last of them fell; equal to ``at`` for a single one.
        count: how many equal verdicts this event stands for.
        stage, service, verdict, reason: see `core.words`.
        check: name of the check that decided, "" when none had an opinion.
        address: the client's address in canonical text, "" for local scripts.
        country: ISO 3166 alpha-2 code, "" when unknown.
        asn: autonomous system number, 0 when unknown.
        account: normalised login name, "" before the login is known.
        domain: the account's domain, "" likewise.
        would: the reason for which a check that only watches would have refused, "" otherwise.
        queue_id: the mail server's own id of the message, "" before it has one.
        recipients: accepted recipients, counted at the end of a message.
        detail: evidence for people, one line.
    """

    at: float
    last: float
    stage: Stage
    service: Service
    verdict: Verdict
    reason: Reason
    count: int = 1
    check: str = ""
    address: str = ""
    country: str = ""
    asn: int = 0
    account: str = ""
    domain: str = ""
    would: str = ""
    queue_id: str = ""
    recipients: int = 0
    detail: str = ""
