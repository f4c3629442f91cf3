"""Gathers what logs say until it is told: equal failed logins together, mails with their fates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from core.maillog.mails import Fate, Mails
from core.maillog.record import Login, Mail, Record

MOST_MAILS: Final = 1_000
"""Mails that are kept for a bookmark because the line about their recipients has not been read."""

Same = tuple[str, str, str, str]
"""What equal failed logins have in common."""


class Gathering:
    """What was read and is not told yet.

    Args:
        open_mails: from an earlier time, those whose recipients nobody has told.

    Attributes:
        latest: the time in the line that was read last, 0 for none.
    """

    def __init__(self, open_mails: Iterable[Mail] = ()) -> None:
        self._correlated = Mails()
        self._open: dict[str, Mail] = {}
        self._logins: list[Login] = []
        self._failed: dict[Same, int] = {}
        self._mails: list[Mail] = []
        self._fates: list[Fate] = []
        self.latest = 0.0
        for mail in open_mails:
            self._add_mail(mail)

    def __len__(self) -> int:
        """Records that wait to be told."""
        return len(self._logins) + len(self._mails) + len(self._fates)

    @property
    def open_mails(self) -> tuple[Mail, ...]:
        """Mails whose recipients nobody has told yet."""
        return tuple(self._open.values())

    def add(self, records: Iterable[Record]) -> None:
        """Take what a log says, in its order."""
        record = None
        for record in records:
            if isinstance(record, Login):
                self._add_login(record)
            elif isinstance(record, Mail):
                self._add_mail(record)
            else:
                self._tell(self._correlated.add(record))
        if record is not None:
            self.latest = record.at

    def _add_login(self, login: Login) -> None:
        """Whoever guesses does it often; one record stands for all of it in this batch."""
        if login.failure is None:
            self._logins.append(login)
            return
        same = (login.service, login.address, login.account, login.failure)
        place = self._failed.get(same)
        if place is None:
            self._failed[same] = len(self._logins)
            self._logins.append(login)
            return
        first = self._logins[place]
        if first.at // 60 == login.at // 60:
            self._logins[place] = replace(first, attempts=first.attempts + login.attempts)
        else:
            self._failed[same] = len(self._logins)
            self._logins.append(login)

    def _add_mail(self, mail: Mail) -> None:
        if mail.queue_id and not mail.recipients and not mail.refused:
            if len(self._open) >= MOST_MAILS:
                del self._open[next(iter(self._open))]
            self._open[mail.queue_id] = mail
        self._tell(self._correlated.add(mail))

    def _tell(self, told: list[Mail | Fate]) -> None:
        for each in told:
            if isinstance(each, Mail):
                self._open.pop(each.queue_id, None)
                if not each.refused:
                    self._mails.append(each)
            else:
                self._fates.append(each)

    def take(self) -> tuple[tuple[Login, ...], tuple[Mail, ...], tuple[Fate, ...]]:
        """All of it, once."""
        taken = tuple(self._logins), tuple(self._mails), tuple(self._fates)
        self._logins, self._mails, self._fates = [], [], []
        self._failed.clear()
        return taken
