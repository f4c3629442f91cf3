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
    # a password may hold anything, also what looks like the end of this: the last end counts
    rb"|((?:system )?password fail (?:\(pass: '.*'\) )?|null password given )"
    rb"|((?:vpopmail|system) user (?:shadow entry )?not found |null user name given )"
    rb"|((?:pop|smtp|imap|webmail) access denied )"
    rb"|(invalid user/domain characters ))"
    rb"(\S*?|(?<=characters ).*):([0-9A-Fa-f:.]*)$"
).match

_FAILURES = (Failure.PASSWORD, Failure.UNKNOWN_ACCOUNT, Failure.DISABLED, Failure.OTHER)


def family(name: bytes) -> Reading | None:
    """Who reads the messages of a program; None: it is not vpopmail."""
    return read if name in PROGRAMS else None


def read(message: bytes, at: float) -> Record | None:
    """What one message says; None for everything that is of no interest."""
    match = _LINE(message)
    if match is None:
        return None
    where, success, *failures, name, address = match.groups()
    account = "" if failures[-1] or name == b"@" else fields.name(name)
    failure = None
    if success is None:
        failure = next(kind for kind, found in zip(_FAILURES, failures, strict=True) if found)
    if failures[-1] and b":" in address:
        # such a name may end in what looks like the beginning of an address
        address = b""
    return Login(at, _service(where), fields.address(address), account, failure)


def _service(where: bytes) -> Service:
    """What `vchkpw-smtp` or, at a port without a name, `vchkpw-2525` stands for."""
    if where.isdigit():
        return SERVICE_OF_PORT.get(int(where[:6]), Service.UNKNOWN)
    return _SERVICES.get(where, Service.UNKNOWN)
