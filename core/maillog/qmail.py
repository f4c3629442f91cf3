"""qmail as on InterWorx: logins at qmail-smtpd, and the mails of scripts and their fate.

multilog's files: `smtp` and `smtp2` have the logins, `send` has what qmail-send did. qmail-send
knows a mail's system user, not the login name, so only mails of people's own scripts are told.
Facts: facts/interworx.md 4 and 9; qmail-log(5).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.maillog import fields, tai64n
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome
from core.words import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.maillog.calendar import Calendar
    from core.maillog.record import Record

FORM = tai64n.STAMP

FIRST_PERSON = 500
"""Smaller user ids are the system's: qmail's own, vpopmail's, the web server's."""

MOST_DELIVERIES = 1_000
"""Deliveries under way that are remembered. qmail has at most 255 of a kind (concurrencyremote)."""

_AUTH = re.compile(
    rb"qmail-smtpd\[\d+\]: AUTH (?:(successful)|failed(?: \(([^()]*)\))?) \[([0-9A-Fa-f:.]*)\] (.*)"
).fullmatch

_WHY = {
    None: Failure.PASSWORD,
    b"bad password": Failure.PASSWORD,
    b"unknown user": Failure.UNKNOWN_ACCOUNT,
    b"password expired": Failure.DISABLED,
}

_INFO = re.compile(rb"info msg (\d+): bytes \d+ from <(.*)> qp \d+ uid (\d+)").fullmatch
_STARTING = re.compile(rb"starting delivery (\d+): msg (\d+) to (?:local|remote) (.+)").fullmatch
_DELIVERY = re.compile(rb"delivery (\d+): (success|failure|deferral): (.*)").fullmatch

_OUTCOMES = {
    b"success": Outcome.DELIVERED,
    b"failure": Outcome.FAILED,
    b"deferral": Outcome.DEFERRED,
}

_STATUS = re.compile(
    rb"(?:(?<![\w.])|_)[245]\d\d[_-]([245]\.\d{1,3}\.\d{1,3})(?![0-9.])"
    rb"|\(#([245]\.\d{1,3}\.\d{1,3})\)"
).search
"""What the other server said (blanks are underscores), or qmail's own: `(#5.1.1)`."""

_OWN_SENDERS = frozenset({b"", b"#@[]"})
"""Of bounces, and of bounces of bounces."""


class QmailReader:
    """Reads the lines of one of multilog's files."""

    def __init__(self, service: Service) -> None:
        """Read a log of this service's logins, or qmail-send's."""
        self._service = service
        self._deliveries: OrderedDict[bytes, tuple[bytes, bytes]] = OrderedDict()

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        stamp = tai64n.STAMP.match(line)
        at = tai64n.seconds(stamp[1], stamp[2]) if stamp else None
        if stamp is None or at is None:
            return None
        message = line[stamp.end() :].rstrip(b"\r\n")
        if message.startswith(b"qmail-smtpd["):
            return self._login(message, at)
        if message.startswith(b"starting delivery "):
            self._started(message)
        elif message.startswith(b"delivery "):
            return self._delivered(message, at)
        elif message.startswith(b"info msg "):
            return _handed_over(message, at)
        return None

    def _login(self, message: bytes, at: float) -> Login | None:
        match = _AUTH(message)
        if match is None:
            return None
        good, why, address, name = match.groups()
        failure = None if good else _WHY.get(why, Failure.OTHER)
        return Login(at, self._service, fields.address(address), fields.name(name), failure)

    def _started(self, message: bytes) -> None:
        match = _STARTING(message)
        if match is None:
            return
        self._deliveries[match[1]] = (match[2], match[3])
        if len(self._deliveries) > MOST_DELIVERIES:
            self._deliveries.popitem(last=False)

    def _delivered(self, message: bytes, at: float) -> Delivery | None:
        match = _DELIVERY(message)
        started = self._deliveries.pop(match[1], None) if match else None
        if match is None or started is None:
            return None
        status = _STATUS(match[3])
        return Delivery(
            at,
            started[0].decode("ascii"),
            fields.name(started[1]),
            _OUTCOMES[match[2]],
            (status[1] or status[2]).decode("ascii") if status else "",
        )


def _handed_over(message: bytes, at: float) -> Mail | None:
    """A mail of a script; its user is told by number, as qmail does."""
    match = _INFO(message)
    if match is None or match[2] in _OWN_SENDERS or int(match[3]) < FIRST_PERSON:
        return None
    user = match[3].decode("ascii")
    return Mail(at, Service.LOCAL, "", user, match[1].decode("ascii"))


def reader(service: Service) -> Callable[[Calendar], QmailReader]:
    """Makes readers for the logs of one service."""
    return lambda _calendar: QmailReader(service)
