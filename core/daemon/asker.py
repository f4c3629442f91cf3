"""Who asks the guard, what is answered, and what is remembered of it."""

from __future__ import annotations

from asyncio import Future
from sys import intern

from msgspec import Struct

from core.engine.decide import NOTHING_AGAINST, Decision
from core.engine.judging.entry import Entry
from core.engine.request import Request
from core.engine.window import OpenWindow
from core.settings.account import domain_of
from core.settings.sending import Send
from core.sources.facts import AddressFacts, NetworkHit
from core.store.journal import Line, Note

Session = str | bytes
"""What names a connection of an address: its port as it came, or Dovecot's session id."""


class Answer(Struct, frozen=True):
    """What a door sends: the decision, the refusal's text, and a block to wait for, if any."""

    decision: Decision
    text: str = ""
    durable: Future[None] | None = None


ALLOWED = Answer(NOTHING_AGAINST)
"""The usual answer."""


NamedMail = tuple[bytes, int, float]
"""A mail that the mail server has named: its name as it came, its recipients, and when it was sent
on the clock that never jumps. A plain tuple, because making any other takes ten times as long."""


class Asker(Struct):
    """Somebody who asks the same again and again, and what is remembered of it.

    Attributes:
        request: the question.
        sends: it is about a mail.
        plain: each time that the usual answer is given is one more of the same event.
        answer: the usual answer to it, None while there is none. A login always gets it, a mail
            as long as its account keeps to the limit.
        facts: what the usual answer rests on.
        session: the connection whose login was noted last.
        line: the event of this minute that counts the usual answers, None while there is none.
        generation: the guard's, when the usual answer was given.
        attacker: what the judge said then.
        listed: what lists said of the address then.
        reply: the usual answer as the asker's door writes it, b"" while it has not written it.
        send: the limit that his mails keep to, None where they must be decided.
        visited: when observers were told last that the account sends from there, in seconds since
            1970.
        counted_until: how long his mails are only counted, on the clock that never jumps.
        window: his account's, None while he does not send one mail after the other.
        by_mail: a mail counts once in it, and not once for each recipient.
        owed, owed_recipients: mails that were counted since and are not noted yet, and their
            recipients.
        owed_mails: those of them that a mail server has named.
    """

    request: Request
    sends: bool = False
    plain: bool = False
    answer: Answer | None = None
    facts: AddressFacts | None = None
    session: Session | None = None
    line: Line | None = None
    generation: int = -1
    attacker: Entry | None = None
    listed: tuple[NetworkHit, ...] = ()
    reply: bytes = b""
    send: Send | None = None
    visited: float = 0.0
    counted_until: float = 0.0
    window: OpenWindow | None = None
    by_mail: bool = True
    owed: int = 0
    owed_recipients: int = 0
    owed_mails: list[NamedMail] = []


class Seen:
    """How often a stage was asked, and when last (seconds since 1970, 0 for never)."""

    __slots__ = ("count", "last")

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0


def note_of(
    request: Request, facts: AddressFacts, decision: Decision, at: float, count: int = 1
) -> Note:
    """What the journal is told of equal decisions, the latest at that time (since 1970)."""
    return Note(
        at,
        request.stage,
        request.service,
        decision.verdict,
        decision.reason,
        decision.check,
        facts.address,
        facts.country or facts.second,
        facts.asn,
        request.account,
        intern(domain_of(request.account)),
        decision.would,
        request.queue_id,
        request.recipients,
        decision.evidence or decision.would_evidence,
        count,
    )
