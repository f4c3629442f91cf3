"""Postfix's SMTP server: mails of clients that have logged in, failed logins, refusals.

Formats from Postfix's own strings and from its logs (3.5, 3.7, 3.10). What the client can choose
(HELO, login name, addresses) is never where another field is looked for.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.halves import Halves
from core.maillog.record import Failure, Login, Mail, Record
from core.words import SUBMISSION_SERVICES, Service

_CLIENT = rb"[^\[\s]*\[([^\]]*)\](?::\d+)?"
"""``host[address]``, with ``smtpd_client_port_logging`` a port behind."""

_MAIL = re.compile(
    rb"([0-9A-Za-z]{5,20}): client=" + _CLIENT + rb", sasl_method=[^,]*, sasl_username=(.*?)"
    rb"(?:, sasl_sender=.*|, orig_queue_id=.*|, orig_client=.*)?"
)

_FAILED = re.compile(
    rb"warning: " + _CLIENT + rb": SASL \S{0,100} authentication failed: ?(.*?)"
    rb"(?:, sasl_username=(.*))?"
)

_REJECT = re.compile(
    rb"(NOQUEUE|[0-9A-Za-z]{5,20}): (milter-)?reject: ([A-Z-]+(?: content)?) from "
    + _CLIENT
    + rb": (.*)"
)

_BY_LOGIN = re.compile(rb"\d{3} \d\.\d+\.\d+ <([^>]*)>: SASL login name rejected: ")
"""Postfix writes so for the restriction that Mailward installs; then the account is named."""

_LOGIN_BEHIND = re.compile(
    rb" sasl_method=[^\s<>]+ sasl_username=([^\s<>]+)(?: sasl_sender=[^\s<>]*)?$"
)
"""Since 3.10 (LIKELY 3.9). A HELO cannot look like it, because its bracket is closed behind it."""

_MILTER_LOGIN = re.compile(rb" sasl_username=<([^<>]+)>$")

_NO_TRY = re.compile(
    rb"Connection lost to authentication server|Invalid authentication (?:mechanism|data)"
    rb"|[Nn]o mechanism available|mechanism too weak|encryption needed|generic failure"
    rb"|Temporary authentication failure|authentication server unavailable"
    rb"|bad protocol|invalid parameter|another step is needed"
)
"""Nobody's password was wrong then: the server is broken, or the client's program is."""

_UNKNOWN = (b"user not found", b"No such user", b"unknown user")
_DISABLED = (b"account disabled", b"disabled", b"expired")
_STATUS = re.compile(rb"[45]\.\d\.\d{1,3} ")


class SmtpServer:
    """Reads what one service of Postfix's SMTP server writes."""

    def __init__(self, service: Service, halves: Halves) -> None:
        """A reader.

        Args:
            service: what its clients talk to.
            halves: what programs that check passwords for Postfix said.
        """
        self._service = service
        self._halves = halves

    def __call__(self, message: bytes, at: float) -> Record | None:
        """What the line says."""
        if b": client=" in message:
            return self._mail(message, at)
        if b" authentication failed:" in message:
            return self._failed(message, at)
        if b"reject: " in message:
            return self._rejected(message, at)
        return None

    def _mail(self, message: bytes, at: float) -> Record | None:
        match = _MAIL.fullmatch(message)
        if match is None:
            return None
        queue_id, address, account = match.groups()
        return Mail(
            at,
            self._service,
            fields.address(address),
            fields.name(account),
            "" if queue_id == b"NOQUEUE" else queue_id.decode(),
        )

    def _failed(self, message: bytes, at: float) -> Record | None:
        match = _FAILED.fullmatch(message)
        if match is None or _NO_TRY.search(match[2]):
            return None
        address, reason = fields.address(match[1]), match[2]
        account = fields.name(match[3] or b"")
        failure = _failure(reason)
        half = self._halves.take(address, account, at)
        if half is not None:
            account = half.account or account
            failure = half.failure if failure is Failure.PASSWORD else failure
        return Login(at, self._service, address, account, failure)

    def _rejected(self, message: bytes, at: float) -> Record | None:
        match = _REJECT.fullmatch(message)
        if match is None:
            return None
        queue_id, milter, stage, client, rest = match.groups()
        address = fields.address(client)
        account = _account(rest, milter is not None)
        if not account:
            # other refusals are of mail from strangers, not of logins
            if stage == b"CONNECT" and self._service in SUBMISSION_SERVICES:
                return Login(at, self._service, address, "", Failure.REFUSED)
            return None
        answer = fields.text(rest.partition(b"; from=<")[0])
        number = "" if queue_id == b"NOQUEUE" else queue_id.decode()
        return Mail(at, self._service, address, account, number, refused=answer or "refused")


def _failure(reason: bytes) -> Failure:
    """Why the password check failed, by the text that it gave to Postfix."""
    if any(word in reason for word in _UNKNOWN):
        return Failure.UNKNOWN_ACCOUNT
    if _STATUS.match(reason):
        # a policy's answer has a status code (RFC 3463), ours too; a password check's has none
        return Failure.REFUSED
    if any(word in reason for word in _DISABLED):
        return Failure.DISABLED
    return Failure.PASSWORD


def _account(rest: bytes, milter: bool) -> str:
    """Who had logged in, of a line that tells of a refusal; "" where it does not tell."""
    found = _BY_LOGIN.match(rest) or _LOGIN_BEHIND.search(rest)
    if found is None and milter:
        found = _MILTER_LOGIN.search(rest)
    return fields.name(found[1]) if found else ""
