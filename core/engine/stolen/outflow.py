"""What each account has sent within about an hour: mails, recipients, refused recipients.

Recipients are counted without being remembered (`core.engine.stolen.crowd`). Most accounts send a
few mails and rest: their counters are packed, some ten octets beside the name. Those of whoever
sends more are at hand until his hour is over.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, msgpack

from core.engine.account_table import AccountTable, Column
from core.engine.stolen import crowd

HOUR: Final = 3600

MOST: Final = 100_000
"""Accounts that are counted at a time; those that have sent little are forgotten first."""

BUSY: Final = 8
"""Mails of an hour from which on an account's counters are at hand."""

MOST_BUSY: Final = 10_000
"""Accounts whose counters are at hand, at most: 250 octets each."""

AT_ONCE: Final = 100
"""Of those whose hour is over, so many are packed in a sweep."""

SWEEPS: Final = 600
"""In so many sweeps the whole table is looked at once."""

TOLD: Final = 20
"""Mails of an account from which on it is looked at where the recipients are told one by one."""


class Usual(Struct, frozen=True):
    """What an account has sent before.

    Attributes:
        mails, recipients: of its busiest hour.
        days: since when something is known of it.
    """

    mails: int
    recipients: int
    days: int


class Sent(Struct, frozen=True):
    """What an account has sent within the last hour, estimated.

    Attributes:
        mails: sent.
        recipients: different ones, as far as somebody told; else the sum of those of all mails.
        told, failed: different recipients of whom it is known what became of the mail, and those
            who were refused for good.
        since: beginning of the time that was counted, seconds since 1970.
    """

    mails: int
    recipients: int
    told: int
    failed: int
    since: float


class _Count(Struct, array_like=True, gc=False):
    """One account's counters: of this hour, and of the one before; the order is the packed one.

    Attributes:
        ends: when the hour is over, seconds since 1970.
        told, failed: see `Sent`.
    """

    ends: int
    mails: int = 0
    recipients: int = 0
    before: int = 0
    told: bytes = crowd.NOBODY
    failed: bytes = crowd.NOBODY
    told_before: bytes = crowd.NOBODY
    failed_before: bytes = crowd.NOBODY


_NEVER: Final = (0, 0.0, 0.0)

_encode = msgpack.Encoder().encode
_unpacked = msgpack.Decoder(_Count).decode


class Outflow:
    """The counters of all accounts that send.

    Args:
        mails, recipients: numbers of an hour below which nobody wants to look at an account.
        column: where those of most accounts are kept; None for a table of their own.
    """

    def __init__(self, mails: int, recipients: int, column: Column | None = None) -> None:
        self._mails, self._recipients = mails, recipients
        self._column = column if column is not None else AccountTable().columns[0]
        self._busy: dict[str, _Count] = {}
        self._rests: dict[str, tuple[int, float, float]] = {}
        self._stale: list[str] = []
        self._ends = self._swept = 0

    def __len__(self) -> int:
        """Accounts that are counted."""
        return len(self._column) + len(self._busy)

    def mail(self, account: str, at: float, recipients: int, mails: int = 1) -> bool:
        """Count mails. The quick half of looking at them, for all of a mail server's mails.

        Args:
            account: normalised name.
            at: seconds since 1970.
            recipients: how many they have in sum; 0 when nobody told, and each counts as one.
            mails: how many there were.

        Returns:
            Whether the account may have sent enough by now to be looked at.
        """
        count = self._busy.get(account)
        if count is None or at >= count.ends:
            count = self._taken(account, at)
            count.mails += mails
            count.recipients += recipients or mails
            self._keep(account, count)
        else:
            count.mails += mails
            count.recipients += recipients or mails
        if count.told and count.mails >= TOLD:
            return True
        sent = count.mails + count.before
        if sent < self._mails and count.recipients < self._recipients:
            return False
        rested, most_mails, most_recipients = self._rests.get(account, _NEVER)
        return rested != count.ends or sent >= most_mails or count.recipients >= most_recipients

    def rest(self, account: str, mails: float, recipients: float) -> None:
        """Look at an account no more before it has sent so much, or the hour is over."""
        count = self._count(account)
        if count is not None:
            self._rests[account] = (count.ends, mails, recipients)

    def wake(self) -> None:
        """Look at all accounts again: what was enough may not be any more."""
        self._rests.clear()

    def delivery(self, account: str, at: float, recipient: str, failed: bool) -> None:
        """Count what became of a mail to one recipient; arguments as for an observation."""
        count = self._taken(account, at)
        name = recipient.lower()
        count.told = crowd.joined(count.told, name)
        if failed:
            count.failed = crowd.joined(count.failed, name)
        self._keep(account, count)

    def sent(self, account: str, at: float) -> Sent:
        """What an account has sent within the hour before that moment."""
        count, ends = self._count(account), _end(at)
        if count is None or count.ends < ends - HOUR:
            return Sent(0, 0, 0, 0, at)
        count = _turned(count, ends)
        share = (ends - at) / HOUR
        told = crowd.size(count.told, count.told_before)
        return Sent(
            mails=count.mails + int(count.before * share),
            recipients=told or count.recipients,
            told=told,
            failed=crowd.size(count.failed, count.failed_before),
            since=ends - (2 if count.before else 1) * HOUR,
        )

    def forget(self, account: str) -> None:
        """Start an account afresh."""
        self._busy.pop(account, None)
        self._rests.pop(account, None)
        self._column.pop(account)

    def sweep(self, at: float) -> None:
        """Forget some of the accounts that have not sent for an hour or two; once a second.

        Those whose hour lies ahead were counted while the clock was wrong.
        """
        ends, column = _end(at), self._column
        if ends != self._ends:
            self._ends = ends
            self._stale = list(self._busy)
            self._rests = {name: rest for name, rest in self._rests.items() if rest[0] == ends}
        for account in self._stale[-AT_ONCE:]:
            self._stale.pop()
            count = self._busy.get(account)
            if count is not None and not ends <= count.ends <= ends + HOUR:
                del self._busy[account]
                column.put(account, _packed(count))
        for _ in range(column.parts // SWEEPS + 1):
            self._swept = (self._swept + 1) % column.parts
            for account, packed in column.part(self._swept):
                if not ends - HOUR <= _unpacked(packed).ends <= ends + HOUR:
                    column.pop(account)

    # one account's counters

    def _count(self, account: str) -> _Count | None:
        count = self._busy.get(account)
        if count is None:
            packed = self._column.get(account)
            count = _unpacked(packed) if packed else None
        return count

    def _taken(self, account: str, at: float) -> _Count:
        """The counters for that hour, to be kept; a log that is behind adds to what there is."""
        count, ends = self._count(account), _end(at)
        if count is not None:
            return _turned(count, ends)
        if len(self) >= MOST:
            self._column.make_room(_worth)
        return _Count(ends)

    def _keep(self, account: str, count: _Count) -> None:
        busy = self._busy
        if count.mails < BUSY or (account not in busy and len(busy) >= MOST_BUSY):
            busy.pop(account, None)
            self._column.put(account, _packed(count))
        elif busy.get(account) is not count:
            busy[account] = count
            self._column.pop(account)


def _packed(count: _Count) -> bytes:
    """What `_unpacked` takes; what is over, or was never told, is left out at the end."""
    if count.told_before or count.failed_before or count.failed:
        return _encode(count)
    if count.told:
        return _encode((count.ends, count.mails, count.recipients, count.before, count.told))
    return _encode((count.ends, count.mails, count.recipients, count.before))


def _end(at: float) -> int:
    return (int(at // HOUR) + 1) * HOUR


def _turned(count: _Count, ends: int) -> _Count:
    """The counters as they are in a later hour."""
    if ends <= count.ends:
        return count
    if ends > count.ends + HOUR:
        return _Count(ends)
    return _Count(ends, before=count.mails, told_before=count.told, failed_before=count.failed)


def _worth(packed: bytes) -> int:
    """How much is lost with an account's counters: the latest ones, and many, count most."""
    count = _unpacked(packed)
    return (count.ends << 32) + count.mails
