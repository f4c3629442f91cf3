"""Which reports are mailed already: remembered on the disk, so that none is ever mailed twice.

A report is noted as mailed before the mail system gets it, and crossed out again where that did not
take it. Whoever is killed in between leaves a note that says so; such a report is not mailed again,
but `unsure` names it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.notify.report_period import Period
from core.store.disk import sync_directory, write_durably

NAME: Final = "reports.json"
"""What the file in the state directory is called."""

KEPT: Final = 70
"""How many reports to one recipient are remembered: two months of daily ones."""


class _Mailed(Struct):
    """One report: its period's `Period.id`, and the day after the period's last."""

    id: str
    end: date


class _Notes(Struct):
    """What one recipient got, in that order; `trying` is the last one while nobody has taken it."""

    mailed: list[_Mailed] = []
    trying: bool = False


class ReportMemory:
    """What is mailed already, by recipient: a domain, or "" for the administrator.

    Args:
        path: the file.

    Attributes:
        problem: what was wrong with the file when it was read, until it is good again; "" when
            nothing is.
        unsure: recipient -> the report of which nobody knows whether it was mailed.

    Raises:
        OSError: there is a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        self._notes: dict[str, _Notes] = {}
        try:
            self._notes = msgspec.json.decode(path.read_bytes(), type=dict[str, _Notes])
        except FileNotFoundError:
            pass
        except (ValueError, RecursionError) as error:  # DecodeError is a ValueError
            self.problem = f"{path} is damaged ({error}): reports begin anew with the next ones"
        self.unsure = {who: n.mailed[-1].id for who, n in self._notes.items() if _is_open(n)}

    def is_due(self, who: str, period: Period, today: date) -> bool:
        """Whether somebody whom `meet` knows has yet to get the report on the latest period.

        What is remembered of the future is from a clock that was wrong: it does not keep a report
        back, but none of it is mailed again.

        Args:
            who: the recipient.
            period: the latest one that is over.
            today: by the same clock.
        """
        mailed = self._notes[who].mailed if who in self._notes else []
        if any(each.id == period.id for each in mailed):
            return False
        past = [each.end for each in mailed if each.end <= today]
        return bool(past) and period.end > max(past)

    def meet(self, wanted: Mapping[str, Period], today: date) -> None:
        """Begin with recipients of whom nothing is known: what is over by now is not for them.

        So it is for those of whom only the future is known: the clock was wrong when they were met.

        Args:
            wanted: recipient -> their latest period.
            today: by the same clock.

        Raises:
            OSError: it could not be remembered, and is as it was.
        """
        new = {
            who: period
            for who, period in wanted.items()
            if not any(each.end <= today for each in self._mailed(who))
        }
        if new:
            self._write(
                {
                    who: _Notes([*self._mailed(who), _Mailed(period.id, period.end)][-KEPT:])
                    for who, period in new.items()
                }
            )

    def forget_others(self, wanted: Collection[str]) -> None:
        """Forget whoever wants no reports any more.

        Args:
            wanted: who does.

        Raises:
            OSError: it could not be written, and is as it was.
        """
        gone = self._notes.keys() - set(wanted)
        if gone:
            self._write({}, gone)
            for who in gone:
                self.unsure.pop(who, None)

    def begin(self, who: str, period: Period) -> None:
        """Note a report as mailed, before it is.

        Raises:
            OSError: it could not be remembered: do not mail it.
        """
        mailed = [*self._mailed(who), _Mailed(period.id, period.end)]
        self._write({who: _Notes(mailed[-KEPT:], trying=True)})

    def end(self, who: str, taken: bool) -> None:
        """Note what came of the report that `begin` was called for.

        Args:
            who: the recipient.
            taken: whether the mail system took it.

        Raises:
            OSError: it is known here, but after a restart the report would be `unsure`.
        """
        mailed = self._mailed(who) if taken else self._mailed(who)[:-1]
        self.unsure.pop(who, None)
        self.problem = ""
        notes = {who: _Notes(mailed)}
        self._notes |= notes
        self._write(notes)

    def _mailed(self, who: str) -> list[_Mailed]:
        return self._notes[who].mailed if who in self._notes else []

    def _write(self, changed: Mapping[str, _Notes], gone: Collection[str] = ()) -> None:
        notes = {who: n for who, n in (self._notes | dict(changed)).items() if who not in gone}
        temporary = self._path.with_suffix(".new")
        os.close(write_durably(temporary, msgspec.json.encode(notes)))
        temporary.replace(self._path)
        sync_directory(self._path.parent)
        self._notes = notes


def _is_open(notes: _Notes) -> bool:
    return notes.trying and bool(notes.mailed)
