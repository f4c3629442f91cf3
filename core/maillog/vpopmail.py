"""vpopmail's password check, as it writes to syslog: every try, with name and address.

Built to do so, it also writes the password that was tried (`password fail (pass: '...') name:...`):
it is passed over. Source of the forms: vpopmail's vchkpw.c; facts/interworx.md 4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.maillog import fields
from core.maillog.record import Failure, Login
from core.words import SERVICE_OF_PORT, Service

if TYPE_CHECKING:
    from core.maillog.reading import Reading
    from core.maillog.record import Record

PROGRAMS = frozenset({b"vpopmail", b"vchkpw"})
"""Names under which it writes to syslog."""

_SERVICES = {
    b"smtp": Service.SMTP,
    b"smtps": Service.SMTPS,
    b"submission": Service.SUBMISSION,
    b"pop3": Service.POP3,
    b"pop3s": Service.POP3S,
    b"imap": Service.IMAP,
    b"imaps": Service.IMAPS,
}

_LINE = re.compile(
    rb"vchkpw-(\w+): (?:"
    rb"(\([\w-]+\) login success |system password login success )"
    rb"|((?:system )?password fail |null password given )"
    rb"|((?:vpopmail|system) user (?:shadow entry )?not found |null user name given )"
    rb"|((?:pop|smtp|imap|webmail) access denied )"
    rb"|(invalid user/domain characters )"
    rb")"
).match

_PASSWORD, _PASSWORD_END = b"(pass: '", b"') "

_OF_ADDRESSES = b"0123456789abcdefABCDEF:."

_FAILURES = (Failure.PASSWORD, Failure.UNKNOWN_ACCOUNT, Failure.DISABLED, Failure.OTHER)


def family(name: bytes) -> Reading | None:
    """Who reads the messages of a program; None: it is not vpopmail."""
    return read if name in PROGRAMS else None


def read(message: bytes, at: float) -> Record | None:
    """What one message says; None for everything that is of no interest."""
    match = _LINE(message)
    if match is None:
        return None
    where, success, *failures = match.groups()
    name, address = _ends(message[match.end() :])
    if address is None or (b" " in name and not failures[-1]):
        return None
    failure = None
    if success is None:
        failure = next(kind for kind, found in zip(_FAILURES, failures, strict=True) if found)
    if failures[-1]:
        # such a name may end in what looks like the beginning of an IPv6 address
        name, address = b"", address.rpartition(b":")[2]
        address = address if b"." in address else b""
    return Login(at, _service(where), fields.address(address), fields.name(name), failure)


def _ends(rest: bytes) -> tuple[bytes, bytes | None]:
    """Name and address, `name:address`; without the address where these are none.

    A password before them may hold anything, also what looks like its own end: the last one counts.
    """
    if rest.startswith(_PASSWORD):
        end = rest.rfind(_PASSWORD_END)
        if end < 0:
            return b"", None
        rest = rest[end + len(_PASSWORD_END) :]
    colon = rest.find(b":", len(rest.rstrip(_OF_ADDRESSES)))
    return (rest[:colon], rest[colon + 1 :]) if colon >= 0 else (b"", None)


def _service(where: bytes) -> Service:
    """What `vchkpw-smtp` or, at a port without a name, `vchkpw-2525` stands for."""
    if where.isdigit():
        return SERVICE_OF_PORT.get(int(where[:6]), Service.UNKNOWN)
    return _SERVICES.get(where, Service.UNKNOWN)
