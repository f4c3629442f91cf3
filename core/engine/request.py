"""The question as every wire puts it to the engine."""

from __future__ import annotations

from msgspec import Struct

from core.words import Service, Stage


class Request(Struct, gc=False):
    """One question.

    Attributes:
        stage: which question.
        address: the client's address as the mail server gave it, "" for a script on the server.
        service: what the client talks to.
        account: normalised login name, "" while it is not known.
        sending: the account is about to send; an account blocked from sending may still read.
        session: names one connection of the address (its port, or Dovecot's session id), "" if
            unknown.
        message: names one message, the same in every repeated question about it (Postfix
            ``instance``, Exim message id), "" if unknown.
        recipients: accepted recipients of the message, 0 before the end of a message.
        queue_id: the mail server's own id of the message, "" before it has one.
        closes: the mail server can hang up on a refused client.
        quiet: note refusals only; what is allowed will be noted by another question.
        folder: in which a script was started that sends, "" where that is not told.
        claimed: whose password is about to be tried, at `connect`, where the mail server tells;
            "" while nobody knows.
    """

    stage: Stage
    address: str
    service: Service = Service.UNKNOWN
    account: str = ""
    sending: bool = False
    session: str = ""
    message: str = ""
    recipients: int = 0
    queue_id: str = ""
    closes: bool = False
    quiet: bool = False
    claimed: str = ""
    folder: str = ""
