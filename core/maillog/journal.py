"""Follows the system's journal, by way of journalctl(1) as a process of its own.

The place is the journal's cursor. What users' own programs write is passed over: anybody may write
under any program's name, and only the journal itself says who did.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from core.maillog.lines import Lines
from core.maillog.programs import Programs
from core.maillog.record import Record
from core.maillog.whereabouts import PROGRAM
from core.words import N_

FACILITIES: Final = (2, 3, 4, 10, *range(16, 24))
"""Of syslog(3): mail, daemon, auth, authpriv and the local ones. Kernel, cron and users have
nothing to say of logins."""

FIRST_USER: Final = 1000
"""The lowest id of a person's or customer's user; mail servers run under those of the system."""

RETRY: Final = 5.0
"""Seconds until a journalctl that has ended is started anew, at first; then up to `RETRY_MOST`."""

RETRY_MOST: Final = 60.0

AT_ONCE: Final = 1 << 18

ABSENT: Final = N_("journalctl is not installed, so the journal cannot be read")


class Entry(Struct):
    """What is read of an entry (systemd.journal-fields(7)). A field may come several times, and
    one that is no text comes as a list of octets."""

    cursor: str = field(name="__CURSOR", default="")
    received: Any = field(name="__REALTIME_TIMESTAMP", default=None)
    sent: Any = field(name="_SOURCE_REALTIME_TIMESTAMP", default=None)
    program: Any = field(name="SYSLOG_IDENTIFIER", default=None)
    message: Any = field(name="MESSAGE", default=None)
    user: Any = field(name="_UID", default=None)


_decoder = msgspec.json.Decoder(Entry)


class Told(Struct, frozen=True, gc=False):
    """An entry that says something: what, and the message it says it with."""

    record: Record
    message: bytes


class Journal:
    """The journal.

    Args:
        cursor: where it was left, "" for its end.
        command: how journalctl is called.

    Attributes:
        cursor: behind the last entry that was read.
        problem: why it cannot be read, "" when it can.
        lines: entries that have come.
        unknown: of them, those that could not be read.
    """

    def __init__(self, cursor: str = "", command: Sequence[str] = (PROGRAM,)) -> None:
        self.cursor = cursor
        self.problem = ""
        self.lines = 0
        self.unknown = 0
        self.behind = False
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._pieces = Lines()
        self._find = Programs().find
        self._retry_at = 0.0
        self._pause = RETRY

    def fileno(self) -> int:
        """What to wait for; -1 while journalctl does not run."""
        process = self._process
        return process.stdout.fileno() if process is not None and process.stdout else -1

    def look(self, now: float) -> None:
        """Start journalctl where it does not run.

        Args:
            now: seconds on any clock that goes forward.
        """
        if self._process is not None or now < self._retry_at:
            return
        try:
            self._start()
        except FileNotFoundError:
            self.problem = ABSENT
        except (OSError, subprocess.SubprocessError) as error:
            self.problem = str(error)
        else:
            return
        self._try_again(now)

    def _start(self) -> None:
        filters = [f"SYSLOG_FACILITY={number}" for number in FACILITIES]
        common = [*self._command, "--quiet", "--no-pager", "--output=json"]
        if not self.cursor:
            last = subprocess.run(
                [*common, "--lines=1", *filters],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
            self.cursor = _cursor(last.stdout)
        where = [f"--after-cursor={self.cursor}"] if self.cursor else []
        self._pieces = Lines()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  a pipe that nobody reads may fill up
        self._process = subprocess.Popen(
            [*common, "--follow", "--no-tail", *where, *filters],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        os.set_blocking(self.fileno(), False)

    def _try_again(self, now: float) -> None:
        self._retry_at = now + self._pause
        self._pause = min(RETRY_MOST, 2 * self._pause)

    def read(self, now: float) -> list[Told] | None:
        """What the next entries say; None when there is nothing new."""
        self.behind = False
        if self._process is None:
            return None
        try:
            piece = os.read(self.fileno(), AT_ONCE)
        except BlockingIOError:
            return None
        if not piece:
            self._ended(now)
            return None
        self.behind = len(piece) == AT_ONCE
        self.problem, self._pause = "", RETRY
        return [told for line in self._pieces.feed(piece) if (told := self._read(line))]

    def _read(self, line: bytes) -> Told | None:
        self.lines += 1
        try:
            entry = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unknown += 1
            return None
        self.cursor = entry.cursor or self.cursor
        program, message = _octets(entry.program), _octets(entry.message)
        at = _seconds(entry.sent) or _seconds(entry.received)
        if not program or not at or _is_person(entry.user):
            return None
        read = self._find(program)
        record = read(message, at) if read is not None else None
        return Told(record, message) if record is not None else None

    def _ended(self, now: float) -> None:
        with self._said as file:
            self._end()
            file.seek(0)
            said = file.read(4096).decode("utf-8", "replace").strip()
        self.problem = said.splitlines()[-1][:200] if said else N_("journalctl has ended")
        if "cursor" in said:
            self.cursor = ""  # it is none any more; the place is lost, what comes is not
        self._try_again(now)

    def close(self) -> None:
        """End journalctl."""
        if self._process is not None:
            self._end()
            self._said.close()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _cursor(output: bytes) -> str:
    for line in output.splitlines():
        try:
            return _decoder.decode(line).cursor
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return ""


def _first(value: Any) -> Any:
    """The first of several values of a field; octets are no several values."""
    if isinstance(value, list) and value and not isinstance(value[0], int):
        return value[0]
    return value


def _octets(value: Any) -> bytes:
    value = _first(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, list):
        return bytes(each & 255 for each in value if isinstance(each, int))
    return b""


def _seconds(value: Any) -> float:
    value = _first(value)
    return int(value) / 1e6 if isinstance(value, str) and value.isdecimal() else 0.0


def _is_person(user: Any) -> bool:
    user = _first(user)
    return isinstance(user, str) and user.isdecimal() and int(user) >= FIRST_USER
