"""Cyrus: logins at its IMAP, POP3 and sieve servers.

With other mechanisms than a plain password it does not tell who failed to log in.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.reading import Reading
from core.maillog.record import Failure, Login, Record
from core.words import Service

_GOOD = re.compile(rb"login: [^\[]*\[([^\]]*)\] (.+?) [A-Za-z0-9+-]+ User logged in.*")

_BAD = re.compile(
    rb"badlogin: [^\[]*\[([^\]]*)\] "
    rb"(?:plaintext \(?(.*?)\)? (?=\[?SASL\(|invalid user|\[?login failed)|\S+ )(.*)"
)

_SERVICES = {
    b"imap": Service.IMAP,
    b"imaps": Service.IMAPS,
    b"pop3": Service.POP3,
    b"pop3s": Service.POP3S,
    b"sieve": Service.UNKNOWN,
    b"timsieved": Service.UNKNOWN,
}

_NO_TRY = re.compile(
    rb"no mechanism available|too weak|encryption needed|bad protocol|generic fail"
)
_UNKNOWN = re.compile(rb"user not found|no user|invalid user|unknown user", re.IGNORECASE)


def family(name: bytes) -> Reading | None:
    """Who reads this program, if it is one of Cyrus's: ``imap``, ``cyrus/imaps``."""
    service = _SERVICES.get(name.removeprefix(b"cyrus/"))
    if service is None:
        return None

    def reading(message: bytes, at: float) -> Record | None:
        return read(message, at, service) if b"login: " in message[:10] else None

    return reading


def read(message: bytes, at: float, service: Service) -> Record | None:
    """What a message of one of its servers says."""
    good = _GOOD.fullmatch(message)
    if good is not None:
        return Login(at, service, fields.address(good[1]), fields.name(good[2]))
    bad = _BAD.fullmatch(message)
    if bad is None or _NO_TRY.search(bad[3]):
        return None
    failure = Failure.UNKNOWN_ACCOUNT if _UNKNOWN.search(bad[3]) else Failure.PASSWORD
    return Login(at, service, fields.address(bad[1]), fields.name(bad[2] or b""), failure)
