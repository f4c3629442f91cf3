"""What happened on this server, for whoever learns from it: attackers, stolen accounts.

Observations come from the daemon's own doors and from mail logs, looked up and normalised. Who
observes is told after the answer was given, and cannot change it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from core.sources.facts import AddressFacts
from core.words import Reason, Service


class LoginSeen(Struct, frozen=True, gc=False):
    """A password was tried.

    Attributes:
        at: seconds since 1970.
        service: what the client talked to.
        facts: what is known about the client's address.
        account: normalised name, "" where nobody told.
        succeeded: the password was right.
        attempt: equal for equal passwords of an account, "" where nobody told; it is kept in
            memory only, and never written anywhere.
    """

    at: float
    service: Service
    facts: AddressFacts
    account: str
    succeeded: bool
    attempt: str = ""

    def __repr__(self) -> str:
        outcome = "succeeded" if self.succeeded else "failed"
        return f"LoginSeen({self.at!r}, {self.facts.address!r}, {self.account!r}, {outcome})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("account", self.account)]


class MailSeen(Struct, frozen=True, gc=False):
    """An account sent a mail, or several, and they were let through.

    Attributes:
        at: when the latest was sent, seconds since 1970.
        facts: what is known about the client's address.
        account: normalised name.
        recipients: of all mails; 0 when nobody told.
        queue_ids: the mail server's ids of those that have one.
        count: how many mails.
    """

    at: float
    facts: AddressFacts
    account: str
    recipients: int = 0
    queue_ids: tuple[str, ...] = ()
    count: int = 1


class VisitSeen(Struct, frozen=True, gc=False):
    """An account was used from an address: it sent from there.

    Attributes:
        at: seconds since 1970.
        facts: what is known about the address.
        account: normalised name.
    """

    at: float
    facts: AddressFacts
    account: str


class DeliverySeen(Struct, frozen=True, gc=False):
    """What became of an account's mail to one recipient.

    Attributes:
        at: seconds since 1970.
        account: normalised name.
        recipient: the recipient's address, "" where nobody told.
        failed: it was refused for good.
    """

    at: float
    account: str
    recipient: str
    failed: bool


class RefusalSeen(Struct, frozen=True, gc=False):
    """Somebody had the right password, and our rules refused the login all the same.

    Attributes:
        at: seconds since 1970.
        facts: what is known about the client's address.
        account: normalised name.
        reason: why it was refused.
    """

    at: float
    facts: AddressFacts
    account: str
    reason: Reason


VISIT_SECONDS: Final = 60.0
"""How often a door tells of the same visit, at most."""


class Observers:
    """Who is told what was observed. None of them may raise; all run in the daemon's one thread.

    Attributes:
        visits: told of the first of many mails, where `mails` is told of each.
    """

    __slots__ = ("deliveries", "logins", "mails", "refusals", "visits")

    def __init__(self) -> None:
        self.logins: list[Callable[[LoginSeen], None]] = []
        self.visits: list[Callable[[VisitSeen], None]] = []
        self.mails: list[Callable[[MailSeen], None]] = []
        self.deliveries: list[Callable[[DeliverySeen], None]] = []
        self.refusals: list[Callable[[RefusalSeen], None]] = []

    def tell_login(self, seen: LoginSeen) -> None:
        """A password was tried."""
        for observe in self.logins:
            observe(seen)

    def tell_visit(self, seen: VisitSeen) -> None:
        """An account sends."""
        for observe in self.visits:
            observe(seen)

    def tell_mail(self, seen: MailSeen) -> None:
        """An account has sent."""
        for observe in self.mails:
            observe(seen)

    def tell_delivery(self, seen: DeliverySeen) -> None:
        """It is known what became of a mail."""
        for observe in self.deliveries:
            observe(seen)

    def tell_refusal(self, seen: RefusalSeen) -> None:
        """A right password did not help."""
        for observe in self.refusals:
            observe(seen)
