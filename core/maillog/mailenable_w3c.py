"""MailEnable's logs in the W3C's extended format: `#Fields:` names the columns, anywhere in a file.

Blanks in values are written as `+`, nothing as `-` or `BLANK`. Times are taken to be UTC, as the
format's own specification says. Before the first `#Fields:` a reader knows the columns by the
server that writes them, because a follower may begin in the middle of a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.maillog import fields
from core.maillog.mailenable import plain
from core.maillog.mailenable_commands import Commands, Row
from core.words import SERVICE_OF_PORT, Service

if TYPE_CHECKING:
    from core.maillog.calendar import Calendar
    from core.maillog.record import Record

MOST_FIELDS = 64

_COMMON = "date time c-ip agent account"
_SAID = "s-ip s-port cs-method cs-uristem cs-uriquery s-computername sc-bytes cs-bytes"
_USUAL = {
    b"SMTP": f"{_COMMON} {_SAID} cs-username".encode().split(),
    b"IMAP": f"{_COMMON} cs-username {_SAID} time-taken".encode().split(),
    b"POP": f"{_COMMON} {_SAID} time-taken cs-username".encode().split(),
    b"POP3": f"{_COMMON} {_SAID} time-taken cs-username".encode().split(),
}

_Z = rb"\x00?"
_DIGITS = rb"(?:\d" + _Z + rb")"
FORM = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\x00?(?:"
    rb"#" + _Z + rb"[A-Z]|"
    + _DIGITS + rb"{4}-" + _Z + _DIGITS + rb"{2}-" + _Z + _DIGITS + rb"{2} " + _Z
    + _DIGITS + rb"{2}:" + _Z + _DIGITS + rb"{2}:" + _Z + _DIGITS + rb"{2} " + _Z
    + rb"(?:[0-9A-Fa-f:.]" + _Z + rb"){2,45} " + _Z
    + rb"(?:[A-Z0-9]" + _Z + rb"){2,5}-" + _Z + rb"(?:I|O)"
    rb")"
)  # fmt: skip
"""How a line begins: remarks, or time, address and agent."""

_NOTHING = frozenset({b"-", b"BLANK", b"{blank}"})


class W3cReader:
    """Reads the lines of one W3C log."""

    def __init__(self, calendar: Calendar) -> None:
        self._iso = calendar.iso
        self._read = Commands().read
        self._names: list[bytes] = []

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        line = plain(line)
        if line.startswith(b"#"):
            if line.startswith(b"#Fields:"):
                self._names = line[8:].lower().split()[:MOST_FIELDS]
            return None
        columns = line.split(b" ")
        names = self._names
        if not names and len(columns) > 4:
            names = _USUAL.get(columns[3].partition(b"-")[0], [])
        if not names or len(columns) != len(names):
            return None
        values = dict(zip(names, columns, strict=True))
        row = self._row(values)
        return self._read(row) if row else None

    def _row(self, values: dict[bytes, bytes]) -> Row | None:
        address = fields.address(values.get(b"c-ip", b""))
        at = self._iso(b"%b %bZ" % (values.get(b"date", b""), values.get(b"time", b"")))
        if at is None or not address:
            return None
        port = values.get(b"s-port", b"")
        agent = values.get(b"agent", b"")
        verb = values.get(b"cs-method", b"")
        return Row(
            at=at,
            agent=agent,
            address=address,
            # what is called the port is often the socket's number, which is never a mail port
            socket=port,
            service=SERVICE_OF_PORT.get(_number(port), Service.UNKNOWN),
            verb=b"" if verb in _NOTHING else verb.upper(),
            detail=_detail(values.get(b"cs-uristem", b"")),
            response=values.get(b"cs-uriquery", b"").replace(b"+", b" "),
            user=_user(values),
        )


def _user(values: dict[bytes, bytes]) -> bytes:
    user, office = values.get(b"cs-username", b"-"), values.get(b"account", b"-")
    if user in _NOTHING:
        return b""
    return user if b"@" in user or office in _NOTHING else user + b"@" + office


def _detail(raw: bytes) -> bytes:
    """What was said, with its blanks where they are certain.

    A `+` may also be one that was typed. So a name that is not in quotes is told only where nothing
    but the password can stand behind it: else a piece of the password might be taken for a name.
    """
    command, _, rest = raw.partition(b"+")
    if rest.startswith(b'"'):
        return command + b" " + re.sub(rb'"\+"?', lambda found: found[0].replace(b"+", b" "), rest)
    if command.upper() in {b"LOGIN", b"APOP"}:
        name, _, more = rest.partition(b"+")
        return command + b" " + name if b"+" not in more or b"@" in name else command
    if command.upper() == b"USER":
        return command + b" " + rest
    return raw.replace(b"+", b" ", 2) if command.upper() in {b"AUTH", b"AUTHENTICATE"} else raw


def _number(raw: bytes) -> int:
    return int(raw) if raw.isdigit() and len(raw) <= 5 else 0
