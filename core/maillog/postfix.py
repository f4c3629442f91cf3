"""Postfix: which of its programs are read, and what its queue and its delivery agents say.

Postfix 2.x to 3.10, `postlog`, multi-instance names (``postfix-out/smtpd``) and services named in
master.cf (``postfix/submission/smtpd``). Its SMTP server is read in `postfix_smtpd.py`.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.halves import Halves
from core.maillog.postfix_smtpd import SmtpServer
from core.maillog.reading import Reading
from core.maillog.record import Delivery, Mail, Outcome, Queued, Record
from core.words import Service

_SILENT = frozenset(
    {
        b"anvil",
        b"cleanup",
        b"dnsblog",
        b"flush",
        b"master",
        b"postfix-script",
        b"postlog",
        b"postscreen",
        b"proxymap",
        b"scache",
        b"showq",
        b"tlsmgr",
        b"tlsproxy",
        b"trivial-rewrite",
        b"verify",
    }
)
"""Programs that never say anything of interest. Every other one may be a delivery agent."""

_SUBMISSION = frozenset({b"submission", b"587", b"msa"})
_SMTPS = frozenset({b"submissions", b"smtps", b"ssmtp", b"465"})

_QUEUED = re.compile(rb"([0-9A-Za-z]{5,20}): from=<.*>, size=\d+, nrcpt=(\d{1,9}) \(queue active\)")

_EXPIRED = re.compile(rb"([0-9A-Za-z]{5,20}): from=<.*>, status=(?:force-)?expired, returned to .*")

_PICKED_UP = re.compile(rb"([0-9A-Za-z]{5,20}): uid=(\d{1,10}) from=<.*>")

_DELIVERY = re.compile(
    rb"([0-9A-Za-z]{5,20}): to=<([^>]*)>, (?:orig_to=<[^>]*>, )?relay=([^ ]*), "
    rb"(?:conn_use=\d+, )?delay=[^ ]+ (?:delays=[^ ]+ )?(?:dsn=(\d\.\d{1,3}\.\d{1,3}), )?"
    rb"status=(sent|deferred|bounced|expired|SOFTBOUNCE)\b(.*)"
)
"""The recipient ends at the first bracket: what comes behind is partly another server's text."""

_OUTCOME = {
    b"sent": Outcome.DELIVERED,
    b"deferred": Outcome.DEFERRED,
    b"SOFTBOUNCE": Outcome.DEFERRED,
    b"bounced": Outcome.FAILED,
    b"expired": Outcome.FAILED,
}

_HERE = re.compile(rb"[^\[]*\[(?:127\.[0-9.]+|::1|[^\]]*/[^\]]*)\](?::\d+)?,?")
"""A relay on this server: a content filter that hands the mail back."""

_PASSED_ON = re.compile(rb".*queued as ([0-9A-Za-z]{5,20})\)?$")


class Postfix:
    """All programs of Postfix whose lines are in one log."""

    def __init__(self, halves: Halves) -> None:
        self._halves = halves

    def __call__(self, name: bytes) -> Reading | None:
        """Who reads this program, if it is one of Postfix's."""
        instance, *service, program = name.split(b"/") if b"/" in name else (b"", b"")
        if not instance.startswith(b"postfix") or program in _SILENT:
            return None
        if program == b"smtpd":
            return SmtpServer(_service(service), self._halves)
        return _READINGS.get(program, read_delivery)


def _service(names: list[bytes]) -> Service:
    """What a service's name in the log means; the plain name is that of port 25."""
    if not _SMTPS.isdisjoint(names):
        return Service.SMTPS
    return Service.SMTP if _SUBMISSION.isdisjoint(names) else Service.SUBMISSION


def read_delivery(message: bytes, at: float) -> Record | None:
    """What a delivery agent says: smtp, lmtp, local, virtual, pipe, error, discard and the like."""
    if b", status=" not in message:
        return None
    match = _DELIVERY.fullmatch(message)
    if match is None:
        return None
    queue_id, recipient, relay, status, outcome, answer = match.groups()
    passed_on = None
    if outcome == b"sent" and _HERE.fullmatch(relay):
        passed_on = _PASSED_ON.match(answer)
    return Delivery(
        at,
        queue_id.decode(),
        fields.name(recipient),
        _OUTCOME[outcome],
        status.decode() if status else "",
        passed_on[1].decode() if passed_on else "",
    )


def read_queue(message: bytes, at: float) -> Record | None:
    """What the queue manager says: a mail is in the queue, or has been there too long."""
    if b", nrcpt=" in message:
        match = _QUEUED.fullmatch(message)
        return Queued(at, match[1].decode(), int(match[2])) if match else None
    if b"expired" in message and (match := _EXPIRED.fullmatch(message)):
        return Delivery(at, match[1].decode(), "", Outcome.FAILED)
    return read_delivery(message, at)


def read_pickup(message: bytes, at: float) -> Record | None:
    """What the pickup says: a program on this server handed over a mail by `sendmail`."""
    match = _PICKED_UP.fullmatch(message)
    if match is None:
        return None
    return Mail(at, Service.LOCAL, "", match[2].decode(), match[1].decode())


_READINGS: dict[bytes, Reading] = {
    b"qmgr": read_queue,
    b"nqmgr": read_queue,
    b"oqmgr": read_queue,
    b"pickup": read_pickup,
}
