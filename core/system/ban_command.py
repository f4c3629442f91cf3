"""Bans by a program of root's own choice: fail2ban, CSF, another firewall.

It is called without a shell as ``PROGRAM ban ADDRESS SECONDS`` and ``PROGRAM unban ADDRESS``, one
address at a time, and must end with 0. What it was told is kept in a file that only root writes, so
that it is told once, and that all can be taken back.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from core.errors import PlanError
from core.system import files
from core.system.ban_choice import Chosen
from core.system.files import FileState
from core.system.host import Host

NAME: Final = "bans.json"
"""Beside the undo records."""

SECONDS: Final = 20.0
"""How long one call may take."""

MOST_FAILURES: Final = 3
"""Calls that may fail one after the other; then the program is left alone until the next time."""

WRITTEN_AFTER: Final = 50
"""Calls after which the record is written: a crash repeats so many at most."""


def trusted(path: str) -> Path:
    """The program, if nobody but root can change what it is.

    Raises:
        PlanError: somebody else could, or it is no program; the text says why.
    """
    try:
        program = Path(path).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise PlanError(f"ban.command: {path}: {getattr(error, 'strerror', error)}") from error
    for each in (program, *program.parents):
        status = each.stat()
        shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        # Of a sticky folder nobody can take away what is root's.
        sticky = each != program and status.st_mode & stat.S_ISVTX
        if status.st_uid != 0 or (shared and not sticky):
            raise PlanError(f"ban.command: {each} can be changed by others than root")
    if not program.is_file() or not os.access(program, os.X_OK):
        raise PlanError(f"ban.command: {program} is no program")
    return program


class BanCommand:
    """The program.

    Args:
        host: the machine.
        program: as `trusted` gives it.
        record: file of what it was told.
    """

    def __init__(self, host: Host, program: Path, record: Path) -> None:
        self._host = host
        self._program = str(program)
        self._record = record

    def banned(self) -> dict[str, float]:
        """Whom it was told to ban, and until when (seconds since 1970).

        Raises:
            PlanError: the record cannot be read.
        """
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=dict[str, float])
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise PlanError(f"{self._record}: {error.strerror}") from error
        except msgspec.DecodeError as error:
            raise PlanError(f"{self._record}: {error}") from error

    def apply(self, chosen: Iterable[Chosen], now: float) -> list[str]:
        """Tell it what has changed since the last time.

        Args:
            chosen: whom.
            now: seconds since 1970.

        Returns:
            What did not work, in words; it is tried again the next time.

        Raises:
            PlanError: the record cannot be read or written.
        """
        before = {text: until for text, until in self.banned().items() if until > now}
        wanted = {each.text: each.seconds for each in chosen}
        calls = [("unban", text) for text in before if text not in wanted]
        calls += [("ban", text) for text in wanted if text not in before]
        problems: list[str] = []
        failures = 0
        for number, (verb, text) in enumerate(calls, start=1):
            seconds = (str(wanted[text]),) if verb == "ban" else ()
            result = self._host.run((self._program, verb, text, *seconds), timeout=SECONDS)
            if result.code:
                problems.append(result.failure)
                failures += 1
                if failures >= MOST_FAILURES:
                    problems.append("it is left alone until the next time")
                    break
                continue
            failures = 0
            if verb == "ban":
                before[text] = now + wanted[text]
            else:
                del before[text]
            if number % WRITTEN_AFTER == 0:
                self._write(before)
        self._write(before)
        return problems

    def _write(self, banned: dict[str, float]) -> None:
        try:
            self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.write(
                self._record,
                FileState(msgspec.json.encode(banned), 0o600, os.geteuid(), os.getegid()),
            )
        except OSError as error:
            raise PlanError(f"{self._record}: {error.strerror}") from error
