"""Zimbra's audit.log and mailbox.log: logins at IMAP, POP3, the web client and the rest of it.

What Postfix and saslauthd do there is in zimbra.log, which comes through syslog. A password tried
over SMTP is in both; here it is told only where this log knows the client's address. Successes and
failures are lines of the logger `security`; a name that nobody has is told by `SoapEngine`.

The client writes `ua=...`, so the context is read from its beginning and the message from its end:
values of a message have their `;` doubled, those of the context do not. Facts: facts/zimbra.md 5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.maillog import fields
from core.maillog.record import Failure, Login
from core.words import Service

if TYPE_CHECKING:
    from core.maillog.calendar import Calendar
    from core.maillog.record import Record

FORM = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]{4,5} +\[")
"""How a line begins. The time is local."""

_VALUE = rb"((?:[^;]|;;)*);"

_HEADER = re.compile(rb"(\S{10} \S{12}) [A-Z]{4,5} +\[").match

_TRIED = (b"] security - cmd=Auth; account=", b"] security - cmd=AdminAuth; account=")
"""The last of these in a line is Zimbra's own: `;` is doubled in whatever follows it."""

_VALUES = re.compile(rb"%s(?: protocol=%s)?(?: error=%s)?\s*$" % (_VALUE, _VALUE, _VALUE)).match

_REFUSED = b"] SoapEngine - handler exception: authentication failed for ["
_UNKNOWN = b"], account not found"

_SERVICES = (
    (b"ImapSSLServer", Service.IMAPS),
    (b"Pop3SSLServer", Service.POP3S),
    (b"ImapServer", Service.IMAP),
    (b"Pop3Server", Service.POP3),
)

_PROTOCOLS = {b"imap": Service.IMAP, b"pop3": Service.POP3}

_FAILURES = (
    (b"invalid password", Failure.PASSWORD),
    (b"account not found", Failure.UNKNOWN_ACCOUNT),
    (b"no such account", Failure.UNKNOWN_ACCOUNT),
    (b"lockout", Failure.DISABLED),
    (b" status is ", Failure.DISABLED),
    (b"not active", Failure.DISABLED),
)

_SECOND_LINE = b"account lockout due to too many failed logins"
"""Comes with the failure that was one too many, which has a line of its own."""

_NEAR = re.compile(
    r"127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe[89ab]",
    re.IGNORECASE,
).match


class ZimbraReader:
    """Reads the lines of one audit.log or mailbox.log."""

    def __init__(self, calendar: Calendar) -> None:
        self._iso = calendar.iso

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        if b" security - cmd=" in line:
            return self._tried(line)
        if b" SoapEngine - handler exception: authentication failed" in line:
            return self._nobody(line)
        return None

    def _tried(self, line: bytes) -> Login | None:
        end, mark = max((line.rfind(mark), mark) for mark in _TRIED)
        match = _VALUES(line, end + len(mark)) if end >= 0 else None
        if match is None:
            return None
        account, protocol, error = match.groups()
        if error == _SECOND_LINE:
            return None
        failure = _failure(error) if error else None
        if mark is _TRIED[1] and failure is not Failure.UNKNOWN_ACCOUNT:
            # the same try is told by a line of `cmd=Auth`, too
            return None
        return self._login(line[:end], account.replace(b";;", b";"), protocol or b"", failure)

    def _nobody(self, line: bytes) -> Login | None:
        end = line.rfind(_REFUSED)
        name, known, after = line[end + len(_REFUSED) :].rpartition(_UNKNOWN)
        if end < 0 or not known or after.strip():
            return None
        return self._login(line[:end], name, b"", Failure.UNKNOWN_ACCOUNT)

    def _login(
        self, header: bytes, name: bytes, protocol: bytes, failure: Failure | None
    ) -> Login | None:
        """From what stands before the message, up to the end of the context, and what it says."""
        match = _HEADER(header)
        if match is None:
            return None
        thread, _, context = header[match.end() :].partition(b"] [")
        client, over_smtp = _client(context)
        if not client and (failure is None or over_smtp or b"/service/admin/soap" in thread):
            return None
        at = self._iso(match[1])
        if at is None:
            return None
        return Login(at, _service(thread, protocol), client, fields.name(name), failure)


def _client(context: bytes) -> tuple[str, bool]:
    """The client's address, and whether it came over SMTP.

    `oip` is the address that reached a proxy in front, `ip` the one that reached this server. A
    chain of proxies is told as a list; what stands on the left is what the client claims.
    """
    values: dict[bytes, bytes] = {}
    for pair in context.split(b";", 20)[:20]:
        key, _, value = pair.partition(b"=")
        if key == b"ua":
            break
        values.setdefault(key, value)
    chain = [fields.address(hop.strip()) for hop in values.get(b"oip", b"").split(b",")]
    chain = [hop for hop in chain if hop] or [fields.address(values.get(b"ip", b""))]
    far = [hop for hop in chain if not _NEAR(hop)]
    return (far or chain)[-1], values.get(b"oproto") == b"smtp"


def _service(thread: bytes, protocol: bytes) -> Service:
    for beginning, service in _SERVICES:
        if thread.startswith(beginning):
            return service
    return _PROTOCOLS.get(protocol, Service.UNKNOWN)


def _failure(error: bytes) -> Failure:
    """The reason stands behind the name, which the client chose."""
    reason = error.rpartition(b"], ")[2]
    return next((failure for text, failure in _FAILURES if text in reason), Failure.OTHER)
