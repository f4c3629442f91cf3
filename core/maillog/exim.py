"""Exim's main log as on Debian, cPanel and DirectAdmin: who sent, from where, what became of it.

Exim writes no line for a login that succeeded: the mail that follows names it. A line of a refused
login may hold the password that was tried (`rejected AUTH PLAIN ...` up to 4.94); of such lines
only the address is kept. Mail from outside, and Exim's own bounces, are nobody's mails here.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.maillog import fields
from core.maillog.exim_fields import (
    ADDRESS,
    HOST,
    arrival,
    end_of_address,
    login_name,
    peer,
    rejection,
)
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome
from core.words import Service

if TYPE_CHECKING:
    from core.maillog.calendar import Calendar
    from core.maillog.reading import Reading
    from core.maillog.record import Record

FORM = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})? ")
"""How a line begins: the time is local unless it has a zone (`log_timezone`)."""

PROGRAMS = frozenset({b"exim", b"exim4"})
"""Names under which Exim writes to syslog."""

MOST_WAITING = 256
"""Calls of `sendmail` that are remembered until their mail is seen."""

PATIENCE = 10.0
"""Seconds between a call of `sendmail` and its mail, at most."""

_STAMP = re.compile(rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: ([+-]\d{4}))? ").match

_ID = (
    rb"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}"
    rb"|[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}"
)
"""A message id, before and since 4.97."""

_PREFIX = re.compile(rb"(?:\[(\d+)\] )?(?:(%s) )?" % _ID).match

_PART = re.compile(rb"\[1/\d+\] ").match
"""Of a line too long for syslog the first part is read; the others begin with `[2\\3]`."""

_FAILED = re.compile(
    rb"[\w.-]+ authenticator failed for (?:H=)?%s(?: U=\S+)?(?: Ci=\d+)?: ([45])\d\d " % HOST
).match

_ENDING = re.compile(rb"\](?::\d+)?[^\[\]()]{0,80}: [45]35 ").findall
"""What stands between the client and its login name."""

_NOT_OFFERED = re.compile(
    rb'SMTP protocol error in "AUTH .*" H=%s(?: Ci=\d+)? AUTH command used when not advertised$'
    % HOST
).match

_OUTCOMES = {
    b"=>": Outcome.DELIVERED,
    b"->": Outcome.DELIVERED,
    b">>": Outcome.DELIVERED,
    b"==": Outcome.DEFERRED,
    b"**": Outcome.FAILED,
}

_ORIGINAL = re.compile(rb" <(%s)>(?= [FPRSTH]=| SRS=| ST=| DT=|: |$)" % ADDRESS)

_STATUS = re.compile(rb"(?<![\w.])[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})(?![\w.])").search

_CALL = re.compile(
    rb"cwd=(.*) \d+ args: (?:\S*/)?(?:sendmail|exim4?|exim-out)(?: |$)(?!.* -M)"
).match

_HOME = re.compile(rb"/home\d*/([^/\s]+)(?:/|$)").match

_REFUSED = re.compile(
    rb"(?:MAIL|RCPT) <(?:%s)?>(?:: (.*))?$|(?:after )?(?:DATA|[A-Z]{4})[^:]*(?:: (.*))?$" % ADDRESS
).match

_SHARED = frozenset({b"nobody", b"www-data", b"apache", b"httpd", b"www", b"webapps"})
"""Users that run the scripts of many customers."""


class EximLines:
    """What Exim's messages say, without their time. One for each log: it remembers calls."""

    def __init__(self) -> None:
        self._calls: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._unnamed = 0

    def read(self, line: bytes, at: float) -> Record | None:
        """One line from behind its time, to what it says."""
        prefix = _PREFIX(line)
        if prefix is None:
            return None
        process, queue_id = prefix.groups()
        message = line[prefix.end() :] if prefix.end() else line
        flag = message[:3]
        if queue_id and flag == b"<= ":
            return self._arrived(message, at, queue_id.decode("ascii"), process)
        if queue_id and flag[:2] in _OUTCOMES and flag[2:] == b" ":
            return _delivered(message, at, queue_id.decode("ascii"))
        if b"rejected " in message:
            return _rejected(message, at, (queue_id or b"").decode("ascii"))
        if queue_id:
            return None
        if b" authenticator failed for " in message:
            return _failed(message, at)
        if flag == b"cwd":
            self._called(message, at, process)
        elif message.startswith(b"SMTP protocol error in "):
            return _not_offered(message, at)
        return None

    def _arrived(
        self, message: bytes, at: float, queue_id: str, process: bytes | None
    ) -> Record | None:
        end = 5 if message.startswith(b"<= <> ") else end_of_address(message, 3)
        found = arrival(message, end) if end > 0 else None
        if found is None:
            return None
        values = found.values
        if found.peer is not None:
            account = login_name(values.get(b"A", b""))
            if not account:
                return None
            service, address = found.peer.service, found.peer.address
            return Mail(at, service, address, account, queue_id, found.recipients)
        user = values.get(b"U", b"")
        # a bounce or an answer of the server's own refers to the mail that it answers
        if b"R" in values or not user:
            return None
        user = self._customer(at, process) or user if user in _SHARED else user
        return Mail(at, Service.LOCAL, "", fields.name(user), queue_id, found.recipients)

    def _called(self, message: bytes, at: float, process: bytes | None) -> None:
        """Remember from where `sendmail` was called: it tells whose script a shared user ran."""
        call = _CALL(message)
        home = _HOME(call[1]) if call else None
        if call is None or call[1].startswith(b"/var/spool/"):
            return
        if process is None:
            self._unnamed += 1
        key = process or b"#%d" % self._unnamed
        self._calls[key] = (at, home[1] if home else b"")
        while len(self._calls) > MOST_WAITING:
            self._calls.popitem(last=False)

    def _customer(self, at: float, process: bytes | None) -> bytes:
        """Whose folder a mail was sent from; "" where that is not certain."""
        if process is not None:
            return self._calls.pop(process, (at, b""))[1]
        waiting = {home for when, home in self._calls.values() if at - when <= PATIENCE}
        self._calls.clear()
        return waiting.pop() if len(waiting) == 1 else b""


class EximReader(EximLines):
    """Reads the lines of one main log."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._iso = calendar.iso

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        stamp = _STAMP(line)
        if stamp is None:
            return None
        at = self._iso(stamp[1] + (stamp[2] or b""))
        return None if at is None else self.read(line[stamp.end() :].rstrip(b"\r\n"), at)


class EximFamily:
    """Reads what Exim writes to syslog. One for each log."""

    def __init__(self) -> None:
        self._lines = EximLines()

    def __call__(self, name: bytes) -> Reading | None:
        """Who reads the messages of a program; None: it is not Exim."""
        return self._read if name in PROGRAMS else None

    def _read(self, message: bytes, at: float) -> Record | None:
        part = _PART(message)
        if part is not None:
            message = message[part.end() :]
        stamp = _STAMP(message)
        return self._lines.read(message[stamp.end() :] if stamp else message, at)


def _delivered(message: bytes, at: float, queue_id: str) -> Record | None:
    """A recipient is told as in the envelope, where an alias or a file stands for it."""
    quoted = end_of_address(message, 3) if message.startswith(b'"', 3) else -1
    original = _ORIGINAL.search(message, max(quoted, 3) - 1 if quoted > 0 else 2)
    if original is not None:
        recipient, end = original[1], original.end()
    else:
        end = quoted if quoted > 0 else end_of_address(message, 3)
        if end < 0:
            return None
        recipient = message[3:end].rstrip(b":")
    status = _STATUS(message, end)
    return Delivery(
        at,
        queue_id,
        fields.name(recipient) if b"@" in recipient else "",
        _OUTCOMES[message[:2]],
        status[1].decode("ascii") if status else "",
    )


def _failed(message: bytes, at: float) -> Record | None:
    """A wrong password. Two endings mean that a client wrote one of them: then nobody is named."""
    match = _FAILED(message)
    endings = _ENDING(message)
    if match is None:
        return Login(at, Service.UNKNOWN, "", "", Failure.PASSWORD) if endings else None
    failure = Failure.PASSWORD if match[3] == b"5" else Failure.OTHER
    client = peer(match[1], match[2])
    if len(endings) > 1:
        return Login(at, client.service, "", "", failure)
    account = _set_id(message, match.end())
    return Login(at, client.service, client.address, account, failure)


def _set_id(message: bytes, start: int) -> str:
    """The name that was tried: it may itself have brackets, so the last one counts."""
    begin = message.find(b"(set_id=", start)
    end = len(message) - 1 if message.endswith(b")") else message.rfind(b"): ")
    return fields.name(message[begin + 8 : end]) if 0 <= begin < end else ""


def _not_offered(message: bytes, at: float) -> Record | None:
    """A login without encryption where it is asked for: the line may hold a password."""
    match = _NOT_OFFERED(message)
    if match is None:
        return None
    client = peer(match[1], match[2])
    return Login(at, client.service, client.address, "", Failure.REFUSED)


def _rejected(message: bytes, at: float, queue_id: str) -> Record | None:
    """A login that was not allowed to begin, or a mail of somebody who has logged in."""
    found = rejection(message)
    if found is None:
        return None
    client = found.peer
    if found.what.startswith(b"AUTH "):
        return Login(at, client.service, client.address, "", Failure.REFUSED)
    refused = _REFUSED(found.what)
    if not found.account or refused is None:
        return None
    reason = fields.text(refused[1] or refused[2] or b"")
    recipients = 1 if found.what.startswith(b"RCPT ") else 0
    return Mail(
        at,
        client.service,
        client.address,
        found.account,
        queue_id,
        recipients,
        reason or "rejected",
    )
