"""What each account has sent within about an hour: mails, recipients, refused recipients.

Recipients are counted without being remembered: each sets one bit of many, and how many are set
tells how many different ones there were, to a few in a hundred (K.-Y. Whang, B. Vander-Zanden and
H. Taylor, "A linear-time probabilistic counting algorithm", ACM TODS 15(2), 1990).
"""

from __future__ import annotations

from math import log
from typing import Final

from msgspec import Struct

HOUR: Final = 3600

MOST: Final = 20_000
"""Accounts that are counted at a time; those that sent first are forgotten first."""

TOLD: Final = 20
"""Mails of an account from which on it is looked at where the recipients are told one by one."""

_BITS: Final = 2048
"""Some 6000 recipients can be told apart; more are as many."""


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


class _Count(Struct, gc=False):
    """One account's counters: of this hour, and of the one before.

    Attributes:
        ends: when the hour is over, seconds since 1970.
        enough_mails, enough_recipients: from which numbers on somebody wants to look at them.
    """

    hour: int
    ends: float
    enough_mails: float
    enough_recipients: float
    mails: int = 0
    before: int = 0
    recipients: int = 0
    told: bytearray | None = None
    failed: bytearray | None = None
    told_before: bytearray | None = None
    failed_before: bytearray | None = None


class Outflow:
    """The counters of all accounts that send.

    Args:
        mails, recipients: numbers of an hour below which nobody wants to look at an account.
    """

    def __init__(self, mails: int, recipients: int) -> None:
        self._mails, self._recipients = mails, recipients
        self._counts: dict[str, _Count] = {}

    def __len__(self) -> int:
        """Accounts that are counted."""
        return len(self._counts)

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
        count = self._counts.get(account)
        if count is None or at >= count.ends:
            count = self._count(account, int(at // HOUR))
        count.mails += mails
        count.recipients += recipients or mails
        return (
            count.mails + count.before >= count.enough_mails
            or count.recipients >= count.enough_recipients
            or (count.told is not None and count.mails >= TOLD)
        )

    def rest(self, account: str, mails: float, recipients: float) -> None:
        """Look at an account no more before it has sent so much, or the hour is over."""
        count = self._counts.get(account)
        if count is not None:
            count.enough_mails, count.enough_recipients = mails, recipients

    def wake(self) -> None:
        """Look at all accounts again: what was enough may not be any more."""
        for count in self._counts.values():
            count.enough_mails, count.enough_recipients = self._mails, self._recipients

    def delivery(self, account: str, at: float, recipient: str, failed: bool) -> None:
        """Count what became of a mail to one recipient; arguments as for an observation."""
        count = self._count(account, int(at // HOUR))
        bit = hash(recipient.lower()) % _BITS
        if count.told is None:
            count.told, count.failed = bytearray(_BITS // 8), bytearray(_BITS // 8)
        count.told[bit >> 3] |= 1 << (bit & 7)
        if failed and count.failed is not None:
            count.failed[bit >> 3] |= 1 << (bit & 7)

    def sent(self, account: str, at: float) -> Sent:
        """What an account has sent within the hour before that moment."""
        count = self._counts.get(account)
        hour = int(at // HOUR)
        if count is None or count.hour < hour - 1:
            return Sent(0, 0, 0, 0, at)
        if count.hour < hour:
            count = self._count(account, hour)
        share = 1 - (at - hour * HOUR) / HOUR
        told = _estimate(count.told, count.told_before)
        return Sent(
            mails=count.mails + int(count.before * share),
            recipients=told or count.recipients,
            told=told,
            failed=_estimate(count.failed, count.failed_before),
            since=(hour - 1 if count.before else hour) * HOUR,
        )

    def forget(self, account: str) -> None:
        """Start an account afresh."""
        self._counts.pop(account, None)

    def sweep(self, at: float) -> None:
        """Forget the accounts that have not sent for an hour or two."""
        oldest = int(at // HOUR) - 1
        for account in [name for name, count in self._counts.items() if count.hour < oldest]:
            del self._counts[account]

    def _count(self, account: str, hour: int) -> _Count:
        """The counters for that hour; a log that is behind adds to the hour that there is."""
        count = self._counts.get(account)
        if count is None:
            if len(self._counts) >= MOST:
                del self._counts[next(iter(self._counts))]
            count = _Count(hour, _end(hour), self._mails, self._recipients)
            self._counts[account] = count
        elif hour > count.hour:
            follows = hour == count.hour + 1
            count.before = count.mails if follows else 0
            count.told_before = count.told if follows else None
            count.failed_before = count.failed if follows else None
            count.hour, count.ends = hour, _end(hour)
            count.mails = count.recipients = 0
            count.told = count.failed = None
            count.enough_mails, count.enough_recipients = self._mails, self._recipients
        return count


def _end(hour: int) -> float:
    return (hour + 1) * float(HOUR)


def _estimate(one: bytearray | None, two: bytearray | None) -> int:
    bits = int.from_bytes(one or b"", "big") | int.from_bytes(two or b"", "big")
    empty = _BITS - bits.bit_count()
    return round(-_BITS * log(max(empty, 1) / _BITS))
