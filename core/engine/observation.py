"""What happened on this server, for whoever learns from it: attackers, stolen accounts.

Observations come from the daemon's own doors and from mail logs, looked up and normalised. Who
observes is told after the answer was given, and cannot change it.
"""

from __future__ import annotations

from collections.abc import Callable

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
    """An account sent a mail, and it was let through.

    Attributes:
        at: seconds since 1970.
        facts: what is known about the client's address.
        account: normalised name.
        recipients: how many; 0 when nobody told.
        queue_id: the mail server's id of the mail, "" when it has none.
    """

    at: float
    facts: AddressFacts
    account: str
    recipients: int = 0
    queue_id: str = ""


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


class Observers:
    """Who is told what was observed. None of them may raise; all run in the daemon's one thread."""

    __slots__ = ("deliveries", "logins", "mails", "refusals")

    def __init__(self) -> None:
        self.logins: list[Callable[[LoginSeen], None]] = []
        self.mails: list[Callable[[MailSeen], None]] = []
        self.deliveries: list[Callable[[DeliverySeen], None]] = []
        self.refusals: list[Callable[[RefusalSeen], None]] = []
