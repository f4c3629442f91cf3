"""Mail logs of any length, mixed as on a hosting server: sessions, most of which say nothing.

Names, addresses and ids come from a seeded generator, so that no cache looks better than it is.
"""

from __future__ import annotations

import calendar
import random
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, convert

BEGIN = 1_795_318_576
"""22 November 2026."""

PER_SECOND = 40
"""Lines that one second has."""

TRADITIONAL = "%b %e %H:%M:%S "


class Session(Struct, frozen=True):
    """Lines that follow each other.

    Attributes:
        weight: how often they come.
        lines: texts with names in braces, one a line.
    """

    weight: int
    lines: str

    def behind(self, text: str) -> Session:
        """The same, with a text before each line."""
        return Session(self.weight, "\n".join(text + line for line in self.lines.splitlines()))

    def without(self, text: str) -> Session:
        """The same, with a text left out everywhere."""
        return Session(self.weight, self.lines.replace(text, ""))


_SESSIONS = convert(
    tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")), dict[str, list[Session]]
)


class Log(Struct, frozen=True):
    """A log to measure with: its dialect, how it writes times, and what is in it."""

    dialect: str
    stamp: str
    sessions: list[Session]


def _syslog() -> list[Session]:
    postfix = [session.behind("mail ") for session in _SESSIONS["postfix"]]
    dovecot = [
        session.without("{info}").behind("mail dovecot: ") for session in _SESSIONS["dovecot"]
    ]
    return [*postfix, *dovecot, *_SESSIONS["other"]]


LOGS = {
    "syslog": Log("syslog", TRADITIONAL, _syslog()),
    "syslog, precise times": Log("syslog", "%Y-%m-%dT%H:%M:%S.678901+00:00 ", _syslog()),
    "dovecot": Log("dovecot", TRADITIONAL, _SESSIONS["dovecot"]),
    "exim": Log("exim", "%F %H:%M:%S ", _SESSIONS["exim"]),
    "qmail": Log("qmail", "@", _SESSIONS["qmail"]),
    "zimbra": Log("zimbra", "%F %H:%M:%S,250 ", _SESSIONS["zimbra"]),
    "mailenable": Log("mailenable", "%m/%d/%y %H:%M:%S\t", _SESSIONS["mailenable"]),
    "mailenable-w3c": Log("mailenable-w3c", "%F %H:%M:%S ", _SESSIONS["w3c"]),
}
"""What is measured, by what people read."""


def lines(log: Log, count: int) -> list[bytes]:
    """A log of this many lines, the same every time."""
    made: list[bytes] = []
    for line in _endless(log.sessions):
        stamp = _stamp(log.stamp, time.gmtime(BEGIN + len(made) // PER_SECOND))
        made.append(f"{stamp}{line}\n".encode())
        if len(made) == count:
            break
    return made


def _stamp(form: str, at: time.struct_time) -> str:
    if form != "@":
        return time.strftime(form, at)
    # TAI64N: seconds since 1970 plus 2 to the power of 62, plus the 10 s that TAI was ahead then
    return f"@{(1 << 62) + 10 + calendar.timegm(at):016x}0ee6b280 "


def _endless(sessions: list[Session]) -> Iterator[str]:
    chance = random.Random(7)
    weights = [session.weight for session in sessions]
    while True:
        (session,) = chance.choices(sessions, weights)
        number = chance.randrange(10**9)
        values = {
            "pid": number % 30_000,
            "n": number,
            "ip": f"203.0.{number % 256}.{number // 256 % 256}"
            if number % 5
            else f"2001:db8::{number % 65_536:x}",
            "user": f"user{number % 5_000}@customer{number % 500}.example",
            "qid": f"{number:09X}AB",
            "exim": f"1x{number % 9000 + 1000}-{number % 900_000 + 100_000}-2H",
            "session": f"{number:010x}NVgQJzLAHEH",
            "info": "Info: ",
            "blank": "{blank}",
            "tab": "\t",
        }
        for line in session.lines.splitlines():
            yield line.format(**values)
