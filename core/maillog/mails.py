"""Who sent what came back: puts the lines that tell of one mail together, by its queue id.

Takes what parsers made of one server's log, in its order or nearly so; gives each mail of
an account once it is in the queue, and every outcome with the account that caused it. Mails of
strangers give nothing. Memory is bounded: what is forgotten is not told, never told wrongly.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from core.maillog.record import Delivery, Mail, Outcome, Queued, Record
from core.words import Service

MOST = 20_000
"""Queue ids of accounts' mails that are remembered; the oldest go first."""

MOST_EARLY = 2_000
"""Queue ids of which something is known before, or without, their mail."""

MOST_EACH = 100
"""Early lines that are kept for one queue id."""

SECONDS = 30.0
"""How far lines of one mail may stand in the wrong order. Later, an id that comes again is another
mail's: Postfix uses short ones again."""

OLDEST = 6 * 86_400.0
"""Seconds after which no mail is in a queue any more: Postfix's lifetime is five days."""


class Fate(Struct, frozen=True, gc=False):
    """What became of an account's mail to one recipient, this time.

    Attributes:
        at: seconds since 1970.
        service, account: as the mail's `Mail` says.
        queue_id: the id under which the account's mail came in.
        recipient, outcome, status: as the `Delivery` says.
    """

    at: float
    service: Service
    account: str
    queue_id: str
    recipient: str
    outcome: Outcome
    status: str


Told = Mail | Fate
"""What `Mails` gives: a mail that is in the queue or was refused, or what became of one."""


class _Known:
    """A mail of an account."""

    __slots__ = ("ids", "left", "mail", "told")

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.ids = [mail.queue_id]
        self.left = mail.recipients  # recipients whose fate is open; 0 where nobody told
        self.told = False


class Mails:
    """The mails of one server's log."""

    def __init__(self, most: int = MOST) -> None:
        """Nothing is known yet. most: see `MOST`."""
        self._most = most
        self._known: dict[str, _Known] = {}
        self._early: dict[str, list[Queued | Delivery]] = {}

    def __len__(self) -> int:
        """Queue ids that are remembered."""
        return len(self._known) + len(self._early)

    def add(self, record: Record) -> list[Told]:
        """Take a record; returns what is certain now, in order. Logins are passed over."""
        if isinstance(record, Mail):
            return self._mail(record)
        if isinstance(record, Queued | Delivery):
            return self._later(record)
        return []

    def _mail(self, mail: Mail) -> list[Told]:
        if mail.refused:
            known = self._known.get(mail.queue_id)
            if known is not None and not known.told:
                self._forget(known)
            return [mail]
        if not mail.queue_id:
            return [mail]
        known = _Known(mail)
        self._remember(mail.queue_id, known)
        told: list[Told] = self._tell(known) if mail.recipients else []
        return told + self._caught_up(mail.queue_id, mail.at)

    def _later(self, record: Queued | Delivery) -> list[Told]:
        known = self._known.get(record.queue_id)
        if known is None:
            self._keep(record)
            return []
        if record.at - known.mail.at > OLDEST:
            self._forget(known)
            return []
        if isinstance(record, Queued):
            if known.told:
                return []  # tried anew, or handed back by a filter
            known.left = record.recipients
            known.mail = replace(known.mail, recipients=record.recipients)
            return self._tell(known)
        return self._tell(known) + self._fate(known, record)

    def _fate(self, known: _Known, delivery: Delivery) -> list[Told]:
        if delivery.passed_on:
            if self._known.get(delivery.passed_on) is known:
                return []
            known.ids.append(delivery.passed_on)
            self._remember(delivery.passed_on, known)
            return self._caught_up(delivery.passed_on, delivery.at)
        if delivery.outcome is not Outcome.DEFERRED:
            known.left -= 1
            if known.left == 0 or not delivery.recipient:
                self._forget(known)
        mail = known.mail
        return [
            Fate(
                delivery.at,
                mail.service,
                mail.account,
                mail.queue_id,
                delivery.recipient,
                delivery.outcome,
                delivery.status,
            )
        ]

    def _tell(self, known: _Known) -> list[Told]:
        if known.told:
            return []
        known.told = True
        return [known.mail]

    def _caught_up(self, queue_id: str, at: float) -> list[Told]:
        """What lines said that stood before the one that tells whose mail it is."""
        told: list[Told] = []
        for early in self._early.pop(queue_id, ()):
            if abs(at - early.at) <= SECONDS:
                told += self._later(early)
        return told

    def _keep(self, record: Queued | Delivery) -> None:
        kept = self._early.get(record.queue_id)
        if kept is None:
            if len(self._early) >= MOST_EARLY:
                del self._early[next(iter(self._early))]
            kept = self._early[record.queue_id] = []
        if len(kept) < MOST_EACH:
            kept.append(record)

    def _remember(self, queue_id: str, known: _Known) -> None:
        before = self._known.pop(queue_id, None)
        if before is not None:
            self._forget(before)
        if len(self._known) >= self._most:
            self._forget(next(iter(self._known.values())))
        self._known[queue_id] = known

    def _forget(self, known: _Known) -> None:
        for queue_id in known.ids:
            if self._known.get(queue_id) is known:
                del self._known[queue_id]
