"""What a line of a mail log says, the same for every mail server.

Names are as the server wrote them; whoever uses a record normalises accounts and looks addresses
up. No field ever holds a password: a parser that meets one drops it.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from core.words import Service


class Failure(StrEnum):
    """Why a login failed, as far as the server tells."""

    PASSWORD = "password"  # noqa: S105  the word, not one
    UNKNOWN_ACCOUNT = "unknown account"
    DISABLED = "disabled"
    REFUSED = "refused"  # by a policy, ours or another's, before the password was looked at
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a mail to one recipient."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    FAILED = "failed"


class Login(Struct, frozen=True, gc=False, tag=True):
    """Somebody tried to log in.

    Attributes:
        at: seconds since 1970.
        service: what the client talked to; `UNKNOWN` where the line does not tell.
        address: the client's, "" where the line does not tell.
        account: login name, "" where the line does not tell.
        failure: None for a login that succeeded.
        attempts: how many tries the line stands for; some servers count them per session.
    """

    at: float
    service: Service
    address: str
    account: str
    failure: Failure | None = None
    attempts: int = 1


class Mail(Struct, frozen=True, gc=False, tag=True):
    """A logged-in client, or a script on the server, hands over a mail.

    Attributes:
        at: seconds since 1970.
        service: `LOCAL` for a script.
        address: the client's, "" for a script.
        account: login name; for a script, the system user as the server names it.
        queue_id: the mail server's own id of the mail, "" when it has none.
        recipients: how many the line names, 0 where another line will tell (`Queued`).
        refused: why the server did not take it, "" when it did.
    """

    at: float
    service: Service
    address: str
    account: str
    queue_id: str = ""
    recipients: int = 0
    refused: str = ""


class Queued(Struct, frozen=True, gc=False, tag=True):
    """A mail that a line before has named is in the queue, with this many recipients."""

    at: float
    queue_id: str
    recipients: int


class Delivery(Struct, frozen=True, gc=False, tag=True):
    """What became of a mail to one recipient.

    Attributes:
        at: seconds since 1970.
        queue_id: the mail server's own id of the mail.
        recipient: address, "" where the line does not tell.
        outcome: what became of it.
        status: enhanced status code (RFC 3463) as in ``5.1.1``, "" where the line has none.
        passed_on: the id under which this same server has the mail now: a content filter took it
            and handed it back. Then the outcome says nothing of the recipient (`mails.py`).
    """

    at: float
    queue_id: str
    recipient: str
    outcome: Outcome
    status: str = ""
    passed_on: str = ""


Record = Login | Mail | Queued | Delivery
"""What a line can say."""
