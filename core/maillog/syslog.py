"""The header of a line that came through syslog, in all the ways in which it is written to a file.

RFC 3164 without a year, rsyslog's RFC 3339 times, RFC 5424; each with or without the priority. What
the message says is read by the program's own reader (`programs.py`).
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from core.maillog.calendar import Calendar
from core.maillog.fields import LONGEST_LINE
from core.maillog.programs import Programs, Reading
from core.maillog.record import Login, Record

FORM = re.compile(
    rb"(?:<\d{1,3}>)?(?:"
    rb"[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d [^\s(]*[^\s(:] "
    rb"|(?:1 )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* [^\s(]*[^\s(:] "
    rb")"
)
"""How such a line begins."""

_HEADER = re.compile(
    rb"(?:<\d{1,3}>)?"
    rb"(?:([A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*))"
    rb" \S+ ([^\s:\[]+)(?:\[\d+\])?: "
).match

_RFC_5424 = re.compile(
    rb"(?:<\d{1,3}>)?1 (\d{4}-\d\d-\d\dT\S+) \S+ (\S+) \S+ \S+ "
    rb'(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*")*\])+) (?:\xef\xbb\xbf)?'
).match

_REPEATED = re.compile(rb"message repeated (\d{1,9}) times: \[ ?(.*)\]")


class SyslogReader:
    """Reads the lines of one syslog file."""

    def __init__(self, calendar: Calendar) -> None:
        self._traditional = calendar.traditional
        self._iso = calendar.iso
        self._find = Programs().find

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        if len(line) > LONGEST_LINE:
            return None
        header = _HEADER(line)
        if header is None:
            return self._modern(line)
        traditional, iso, name = header.groups()
        read = self._find(name)
        if read is None:
            return None
        at = self._traditional(traditional) if traditional else self._iso(iso)
        if at is None:
            return None
        message = line[header.end() :].rstrip(b"\r\n")
        if message.startswith(b"message repeated "):
            return _repeated(message, at, read)
        return read(message, at)

    def _modern(self, line: bytes) -> Record | None:
        header = _RFC_5424(line)
        read = self._find(header[2]) if header else None
        if header is None or read is None:
            return None
        at = self._iso(header[1])
        return None if at is None else read(line[header.end() :].rstrip(b"\r\n"), at)


def _repeated(message: bytes, at: float, read: Reading) -> Record | None:
    """What rsyslog made one line of, because it was written many times ($RepeatedMsgReduction)."""
    match = _REPEATED.fullmatch(message)
    record = read(match[2], at) if match else None
    if match is None or not isinstance(record, Login):
        return record
    return replace(record, attempts=record.attempts * max(1, int(match[1])))
