"""MailEnable's activity logs of SMTP, IMAP and POP: twelve columns, with tabs between them.

`MM/DD/YY HH:MM:SS`, agent, the mail's file, socket, address, command, what was said, what was
answered, two sizes; then for SMTP the user and the subject, for IMAP and POP the post office and
the mailbox. Times are local. Some versions write a byte order mark, or UTF-16.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.maillog import fields
from core.maillog.mailenable_commands import Commands, Row
from core.words import Service

if TYPE_CHECKING:
    from core.maillog.calendar import Calendar
    from core.maillog.record import Record

COLUMNS = 12

_BOM = rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\x00?"
_NUMBER = rb"\d\x00?\d\x00?"

FORM = re.compile(
    _BOM
    + rb"(?:\[\x00?)?"
    + rb"/\x00?".join([_NUMBER] * 3)
    + rb" \x00?"
    + rb":\x00?".join([_NUMBER] * 3)
    + rb"(?:\]|\t\x00?[A-Z]\x00?[A-Z]\x00?[A-Z])"
)
"""How a line begins; lines in brackets tell that the file was opened or closed."""

_TIME = re.compile(rb"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)").fullmatch


class ActivityReader:
    """Reads the lines of one activity log."""

    def __init__(self, calendar: Calendar) -> None:
        self._local = calendar.local
        self._read = Commands().read

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        columns = plain(line).split(b"\t")
        if len(columns) != COLUMNS:
            return None
        agent, verb = columns[1], columns[5].upper()
        time = _TIME(columns[0])
        address = fields.address(columns[4])
        at = self._local(*_in_order(time)) if time else None
        if at is None or not address:
            return None
        user = columns[10]
        if not agent.startswith(b"SMTP") and columns[11]:
            user = columns[11] if b"@" in columns[11] else columns[11] + b"@" + user
        return self._read(
            Row(
                at=at,
                agent=agent,
                address=address,
                socket=columns[3],
                service=Service.UNKNOWN,
                verb=verb,
                detail=columns[6],
                response=columns[7],
                user=user,
                queue_id=fields.name(columns[2]),
            )
        )


def plain(line: bytes) -> bytes:
    """A line without its end and without what UTF-16 or a byte order mark add to ASCII."""
    if b"\0" in line:
        line = line.replace(b"\0", b"")
    return line.lstrip(b"\xef\xbb\xbf\xff\xfe").rstrip(b"\r\n")


def _in_order(time: re.Match[bytes]) -> tuple[int, int, int, int, int, int]:
    month, day, year, hour, minute, second = map(int, time.groups())
    return 2000 + year, month, day, hour, minute, second
