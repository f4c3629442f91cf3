"""What one client does: who it is, where it comes from, and what it wants."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from core.words import Service

SMTP = frozenset({Service.SUBMISSION, Service.SMTPS})
"""Services that send; the others read."""

PORTS = {
    Service.SUBMISSION: 587,
    Service.SMTPS: 465,
    Service.IMAP: 143,
    Service.IMAPS: 993,
    Service.POP3: 110,
    Service.POP3S: 995,
}


class Visit(NamedTuple):
    """One connection to the mail server.

    Attributes:
        account: login name.
        address: where the client is.
        service: what it connects to.
        knows: it has the right password.
        mails: how many it sends after the login; 0 where it reads.
        recipients: of each mail.
        gap: seconds between two mails.
    """

    account: str
    address: str
    service: Service
    knows: bool = True
    mails: int = 0
    recipients: int = 1
    gap: float = 0.0


class Servers(Protocol):
    """Mail servers that visits go to, or what stands for them."""

    def perform(self, visit: Visit) -> None:
        """Let one client come in, do what it wants as far as it is permitted, and leave.

        Raises:
            OSError: the server could not be reached, or hung up without a word.
        """
        ...

    def change_password(self, account: str) -> None:
        """From now on, only clients that know the new password know the password."""
        ...
