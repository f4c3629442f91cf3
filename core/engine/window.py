"""The send window: an exact sliding log for each account that sent lately.

An exact log, because a block lasts hours: cheaper counters block accounts that kept to the limit,
or let through accounts that did not (facts/performance.md 4c). Memory is 8 bytes a mail, for mails
younger than the window; an account without any is forgotten.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator


class SendWindows:
    """When each account sent its latest mails.

    Times are seconds on the clock that never jumps; they must not decrease from call to call.
    """

    def __init__(self) -> None:
        self._sent: dict[str, array[float]] = {}
        self._sweep: Iterator[str] = iter(())

    def __len__(self) -> int:
        """Accounts that are remembered."""
        return len(self._sent)

    def used(self, account: str, now: float, seconds: float) -> int:
        """How much the account sent within the last `seconds`, without counting anything."""
        sent = self._sent.get(account)
        return len(sent) - bisect_right(sent, now - seconds) if sent is not None else 0

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
        sent = self._sent.get(account)
        if sent is None:
            if cost > limit:
                return cost
            self._sent[account] = array("d", (now,) * cost)
            return cost
        if sent and sent[0] <= now - seconds:
            del sent[: bisect_right(sent, now - seconds)]
        used = len(sent) + cost
        if used <= limit:
            if cost == 1:
                sent.append(now)
            else:
                sent.extend((now,) * cost)
        return used

    def forget(self, account: str) -> None:
        """Start the account afresh, as after a release."""
        self._sent.pop(account, None)

    def sweep(self, now: float, longest: float, share: int = 100) -> None:
        """Forget some of the accounts that have not sent for `longest` seconds.

        Called once a second, it looks at one hundredth of the table each time, so that no call is
        long.
        """
        left = len(self._sent) // share + 1
        while left:
            account = next(self._sweep, None)
            if account is None:
                self._sweep = iter(list(self._sent))
                return
            left -= 1
            sent = self._sent.get(account)
            if sent is not None and (not sent or sent[-1] <= now - longest):
                del self._sent[account]

    def ages(self, now: float) -> dict[str, list[float]]:
        """Everything, as seconds before `now`, oldest first: what a restart keeps."""
        return {account: [now - t for t in sent] for account, sent in self._sent.items()}

    def restore(self, ages: dict[str, list[float]], now: float) -> None:
        """Take back what `ages` gave, on a clock that may have started anew."""
        for account, ages_of in ages.items():
            times = sorted(now - age for age in ages_of if age >= 0)
            if times:
                self._sent[account] = array("d", times)

    def busiest(self, now: float, seconds: float, count: int) -> Iterable[tuple[str, int]]:
        """The accounts that sent most within the window, most first."""
        used = ((account, self.used(account, now, seconds)) for account in self._sent)
        return sorted(used, key=lambda pair: -pair[1])[:count]
