"""The send window: an exact sliding log for each account that sent lately.

An exact log, because a block lasts hours: cheaper counters block accounts that kept to the limit,
or let through accounts that did not (facts/performance.md 4c). Memory is six octets a mail, for
mails younger than the window; an account without any is forgotten.

Most accounts send a mail now and then, and are kept as small as possible. Whoever sends one mail
after the other has his window open: there, a mail that is certainly within the limit is counted
without a look at what is too old by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from core.engine.account_table import LONGEST, AccountTable, Column

OCTETS = 6
"""Octets of a packed time. They are kept as one string of octets for each account, because an
object for each account or mail would take three times as much."""

SHORT = LONGEST
"""Octets that are copied to add one more time. Whoever has sent more has his window opened."""

_ZERO = 1 << 47
"""Packed times are milliseconds from here on, so that times before 0 fit too."""


def _packed(tick: int) -> bytes:
    """A time in milliseconds, so that packed times sort as times do."""
    return (tick + _ZERO).to_bytes(OCTETS, "big")


def _times(sent: bytes | bytearray) -> list[bytes | bytearray]:
    return [sent[i : i + OCTETS] for i in range(0, len(sent), OCTETS)]


class OpenWindow:
    """The window of an account that sends one mail after the other.

    Attributes:
        account: whose; normalised name.
        sent: the packed times of its mails.
        left: how much more it may certainly send within the limit it was opened for; more may be
            left when what is too old by now has been taken out. 0 when the window was closed.
    """

    __slots__ = ("account", "left", "sent")

    def __init__(self, account: str, sent: bytes) -> None:
        self.account = account
        self.sent = bytearray(sent)
        self.left = 0


class SendWindows:
    """When each account sent its latest mails, to the millisecond.

    Times are seconds on the clock that never jumps; they must not decrease from call to call.

    Args:
        column: where the windows are kept that are not open; None for a table of their own.
    """

    def __init__(self, column: Column | None = None) -> None:
        self._closed = column if column is not None else AccountTable().columns[0]
        self._open: dict[str, OpenWindow] = {}
        self._swept = 0
        self._to_close: list[str] = []
        self._turn(0, 0)

    def __len__(self) -> int:
        """Accounts that are remembered."""
        return len(self._closed) + len(self._open)

    def _turn(self, tick: int, seconds: float) -> None:
        """The millisecond has changed, or another window is asked for: pack its ends anew."""
        self._tick, self._seconds = tick, seconds
        self._next = (tick + 1) / 1000
        self._now = _packed(tick)
        self._edge = _packed(tick - int(seconds * 1000))

    def _expired(self, sent: bytes | bytearray) -> int:
        """Octets of the times that are out of the present window; there are few at a time."""
        edge, end = self._edge, 0
        while end < len(sent) and sent[end : end + OCTETS] <= edge:
            end += OCTETS
        return end

    def _sent(self, account: str) -> bytes | bytearray:
        window = self._open.get(account)
        return window.sent if window is not None else self._closed.get(account)

    def used(self, account: str, now: float, seconds: float) -> int:
        """How much the account sent within the last `seconds`, without counting anything."""
        self._turn(int(now * 1000), seconds)
        sent = self._sent(account)
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
        window = self._open.get(account)
        if window is not None:
            return self._add_to(window, cost, limit)
        sent = self._closed.get(account)
        if sent and sent[:OCTETS] <= self._edge:
            sent = sent[self._expired(sent) :]
        if len(sent) >= SHORT:
            return self._add_to(self.open(account), cost, limit)
        used = len(sent) // OCTETS + cost
        if used <= limit:
            self._closed.put(account, sent + self._now * cost)
        return used

    def _add_to(self, window: OpenWindow, cost: int, limit: int) -> int:
        sent = window.sent
        if sent and sent[:OCTETS] <= self._edge:
            del sent[: self._expired(sent)]
        used = len(sent) // OCTETS + cost
        if used <= limit:
            sent += self._now * cost
            window.left = limit - used
        else:
            window.left = 0
        return used

    def open(self, account: str) -> OpenWindow:
        """Keep an account's window open; the first mail must still be counted by `add`."""
        window = self._open.get(account)
        if window is None:
            window = self._open[account] = OpenWindow(account, self._closed.pop(account))
        return window

    def count(self, window: OpenWindow, now: float, cost: int) -> None:
        """Count a mail for which enough is certainly left: the quick half of `add`.

        Args:
            window: an open one, whose account's limit has not changed since the latest `add`.
            now: the time.
            cost: as for `add`, and no more than is left.
        """
        if now >= self._next:
            self._turn(int(now * 1000), self._seconds)
        window.left -= cost
        window.sent += self._now if cost == 1 else self._now * cost

    def close(self) -> None:
        """Let nobody count without a look any more; `sweep` makes closed windows of the open ones,
        a little at a time."""
        for window in self._open.values():
            window.left = 0

    def forget(self, account: str) -> None:
        """Start the account afresh, as after a release."""
        self._closed.pop(account)
        window = self._open.pop(account, None)
        if window is not None:
            window.left = 0

    def sweep(self, now: float, longest: float, share: int = 100) -> None:
        """Forget some of the accounts that have not sent for `longest` seconds.

        Called once a second, it looks at one hundredth of the table each time, and at as many
        windows that are open, so that no call is long.
        """
        edge = _packed(int((now - longest) * 1000))
        for _ in range(self._closed.parts // share + 1):
            self._swept = (self._swept + 1) % self._closed.parts
            for account, sent in self._closed.part(self._swept):
                if sent[-OCTETS:] <= edge:
                    self._closed.pop(account)
        if not self._to_close:
            self._to_close = list(self._open)
        for _ in range(min(len(self._to_close), len(self._open) // share + 1)):
            self._sweep_open(self._to_close.pop(), edge)

    def _sweep_open(self, account: str, edge: bytes) -> None:
        window = self._open.get(account)
        if window is None or (window.left and window.sent[-OCTETS:] > edge):
            return  # gone, or in use
        if window.sent[-OCTETS:] <= edge:
            self.forget(account)
        elif len(window.sent) <= SHORT:
            del self._open[account]
            self._closed.put(account, bytes(window.sent))

    def ages(self, now: float) -> Iterator[tuple[str, list[float]]]:
        """Each account with its mails, as seconds before `now`, oldest first."""
        tick = int(now * 1000) + _ZERO
        opened = ((account, window.sent) for account, window in self._open.items())
        windows: Iterator[tuple[str, bytes | bytearray]] = chain(opened, self._closed.items())
        for account, sent in windows:
            yield account, [(tick - int.from_bytes(t, "big")) / 1000 for t in _times(sent)]

    def restore(self, account: str, ages: Iterable[float], now: float) -> None:
        """Take back what `ages` gave, on a clock that may have started anew."""
        sent = b"".join(sorted(_packed(int((now - age) * 1000)) for age in ages if age >= 0))
        if sent:
            self.forget(account)
            self._closed.put(account, sent)

    def busiest(self, now: float, seconds: float, count: int) -> Iterable[tuple[str, int]]:
        """The accounts that sent most within the window, most first."""
        accounts = chain(self._open, (account for account, _ in self._closed.items()))
        used = ((account, self.used(account, now, seconds)) for account in accounts)
        return sorted(used, key=lambda pair: -pair[1])[:count]
