"""The send window: an exact sliding log for each account that sent lately.

An exact log, because a block lasts hours: cheaper counters block accounts that kept to the limit,
or let through accounts that did not (facts/performance.md 4c). Memory is six octets a mail, for
mails younger than the window; an account without any is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

OCTETS = 6
"""Octets of a packed time. They are kept as one string of octets for each account, because an
object for each account or mail would take three times as much."""

SHORT = 600
"""Octets that are copied to add one more time. Whoever sends more gets room to grow in."""

_ZERO = 1 << 47
"""Packed times are milliseconds from here on, so that times before 0 fit too."""


def _packed(tick: int) -> bytes:
    """A time in milliseconds, so that packed times sort as times do."""
    return (tick + _ZERO).to_bytes(OCTETS, "big")


def _times(sent: bytes | bytearray) -> list[bytes | bytearray]:
    return [sent[i : i + OCTETS] for i in range(0, len(sent), OCTETS)]


class SendWindows:
    """When each account sent its latest mails, to the millisecond.

    Times are seconds on the clock that never jumps; they must not decrease from call to call.
    """

    def __init__(self) -> None:
        self._sent: dict[str, bytes | bytearray] = {}
        self._sweep: Iterator[str] = iter(())
        self._turn(0, 0)

    def __len__(self) -> int:
        """Accounts that are remembered."""
        return len(self._sent)

    def _turn(self, tick: int, seconds: float) -> None:
        """The millisecond has changed, or another window is asked for: pack its ends anew."""
        self._tick, self._seconds = tick, seconds
        self._now = _packed(tick)
        self._edge = _packed(tick - int(seconds * 1000))

    def _expired(self, sent: bytes | bytearray) -> int:
        """Octets of the times that are out of the present window; there are few at a time."""
        edge, end = self._edge, 0
        while end < len(sent) and sent[end : end + OCTETS] <= edge:
            end += OCTETS
        return end

    def used(self, account: str, now: float, seconds: float) -> int:
        """How much the account sent within the last `seconds`, without counting anything."""
        self._turn(int(now * 1000), seconds)
        sent = self._sent.get(account, b"")
        return (len(sent) - self._expired(sent)) // OCTETS

    def add(self, account: str, now: float, seconds: float, cost: int, limit: int) -> int:
        """Count a mail.

        Args:
            account: normalised name.
            now: the time.
            seconds: length of the window: a mail counts while it is younger than this.
            cost: 1 for a mail, or its number of recipients.
            limit: how much is permitted; more than that is refused and not counted.

        Returns:
            What would be used with this mail. More than `limit` means that it was not counted.
        """
        tick = int(now * 1000)
        if tick != self._tick or seconds != self._seconds:
            self._turn(tick, seconds)
        sent = self._sent.get(account, b"")
        if sent and sent[:OCTETS] <= self._edge:
            if isinstance(sent, bytearray):
                del sent[: self._expired(sent)]
            else:
                sent = sent[self._expired(sent) :]
        used = len(sent) // OCTETS + cost
        if used <= limit:
            more = self._now if cost == 1 else self._now * cost
            if len(sent) < SHORT:
                self._sent[account] = sent + more
            else:
                self._extend(account, sent, more)
        return used

    def _extend(self, account: str, sent: bytes | bytearray, more: bytes) -> None:
        if not isinstance(sent, bytearray):
            sent = self._sent[account] = bytearray(sent)
        sent += more

    def forget(self, account: str) -> None:
        """Start the account afresh, as after a release."""
        self._sent.pop(account, None)

    def sweep(self, now: float, longest: float, share: int = 100) -> None:
        """Forget some of the accounts that have not sent for `longest` seconds.

        Called once a second, it looks at one hundredth of the table each time, so that no call is
        long.
        """
        edge = _packed(int((now - longest) * 1000))
        left = len(self._sent) // share + 1
        while left:
            account = next(self._sweep, None)
            if account is None:
                self._sweep = iter(list(self._sent))
                return
            left -= 1
            sent = self._sent.get(account)
            if sent is not None and sent[-OCTETS:] <= edge:
                del self._sent[account]

    def ages(self, now: float) -> Iterator[tuple[str, list[float]]]:
        """Each account with its mails, as seconds before `now`, oldest first."""
        tick = int(now * 1000) + _ZERO
        for account, sent in self._sent.items():
            yield account, [(tick - int.from_bytes(t, "big")) / 1000 for t in _times(sent)]

    def restore(self, account: str, ages: Iterable[float], now: float) -> None:
        """Take back what `ages` gave, on a clock that may have started anew."""
        sent = b"".join(sorted(_packed(int((now - age) * 1000)) for age in ages if age >= 0))
        if sent:
            self._sent[account] = sent

    def busiest(self, now: float, seconds: float, count: int) -> Iterable[tuple[str, int]]:
        """The accounts that sent most within the window, most first."""
        used = ((account, self.used(account, now, seconds)) for account in self._sent)
        return sorted(used, key=lambda pair: -pair[1])[:count]
