"""Courier: logins at IMAP and POP3, under its own names and Plesk's; failed ones at its SMTP.

The line of its SMTP server holds what the client sent, which may be a password: nothing of that is
looked at.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.cyrus import read as read_cyrus
from core.maillog.reading import Reading
from core.maillog.record import Failure, Login, Record
from core.words import Service

_ADDRESS = re.compile(rb"([^\]]*)\].*").fullmatch

_SMTP = re.compile(rb'error,relay=([0-9A-Fa-f:.]+),(?:port=\d+,)?msg="535 .*')

_SERVICES = {
    b"imapd": Service.IMAP,
    b"imapd-ssl": Service.IMAPS,
    b"imaps": Service.IMAPS,
    b"pop3d": Service.POP3,
    b"pop3d-ssl": Service.POP3S,
    b"pop3s": Service.POP3S,
    b"imaplogin": Service.IMAP,
    b"pop3login": Service.POP3,
}


def family(name: bytes) -> Reading | None:
    """Who reads this program, if it is one of Courier's."""
    if name in (b"courieresmtpd", b"courieresmtpd-ssl", b"courieresmtpd-msa"):
        return _read_smtp
    short = name.removeprefix(b"courier-")
    if short not in _SERVICES or (short == name and name in (b"imaps", b"pop3s")):
        return None  # without Courier's name before them, these are Cyrus's
    return _reading(_SERVICES[short])


def _reading(service: Service) -> Reading:
    def read(message: bytes, at: float) -> Record | None:
        if b"LOGIN" not in message:
            # Cyrus has used this name, too
            return read_cyrus(message, at, service) if b"login: " in message else None
        return _login(message, at, service)

    return read


def _login(message: bytes, at: float, service: Service) -> Record | None:
    before, _, said = message.partition(b"LOGIN")
    if before and not before.endswith(b"INFO: "):
        return None
    failed = said.startswith(b" FAILED, ")
    # whatever a login name holds, the last address is the true one
    who, found, rest = said.removeprefix(b" FAILED").rpartition(b", ip=[")
    address = _ADDRESS(rest) if found else None
    if address is None or not who.startswith((b", user=", b", method=")):
        return None
    account = who.removeprefix(b", user=") if who.startswith(b", user=") else b""
    failure = Failure.PASSWORD if failed else None
    return Login(at, service, fields.address(address[1]), fields.name(account), failure)


def _read_smtp(message: bytes, at: float) -> Record | None:
    match = _SMTP.match(message)
    if match is None:
        return None
    return Login(at, Service.UNKNOWN, fields.address(match[1]), "", Failure.PASSWORD)
