"""Who is at home where: good logins, remembered so that an attack does not lock their owners out.

A pair of account and place is at home there once its logins were good on two different days; before
that an attacker's lucky guess would whiten him. Names are kept as fingerprints only.
"""

from __future__ import annotations

from typing import Final

from core.engine.judging.fingerprint import Fingerprints, bit, size
from core.engine.judging.ledger import Ledger
from core.engine.judging.place import Places, kind_of, read, system_of, text
from core.store.good_pair import GoodPair

DAY: Final = 86_400

LEARNING: Final = 3
"""Days of history before an account that nobody was seen to use counts as made up."""

MOST_PAIRS: Final = 1 << 20
MOST_PLACES: Final = 1 << 18
"""Rows at most: 8 MB and 5 MB. They take memory as they come."""

LAST_DAY: Final = (1 << 15) - 1
"""No clock is right after this day, which is in 2059."""


class History:
    """Good logins by account and place.

    Args:
        prints: makes fingerprints.
        salt: see `Ledger`.

    Attributes:
        days: how long a good login is remembered.
        oldest: day (since 1970) from which on there is history, 0 for none.
    """

    __slots__ = ("_fresh", "_pairs", "_places", "_prints", "days", "oldest")

    def __init__(self, prints: Fingerprints, salt: int) -> None:
        self._prints = prints
        # The last day, and one bit: whether there was another one.
        self._pairs = Ledger("<H", MOST_PAIRS, salt)
        # The last day, the first, and a sketch of the accounts.
        self._places = Ledger("<HHQ", MOST_PLACES, salt)
        self._fresh: list[GoodPair] = []
        self.days = 60
        self.oldest = 0

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return self._pairs.octets + self._places.octets

    def note(self, account: str, where: Places, at: float) -> None:
        """Remember a good login."""
        day = _day(at)
        pair = self._prints.of(account, where.network)
        mark = bit(self._prints.of(account))
        known = self._pairs.get(pair)
        if known is not None and known[0] >> 1 == day:
            home = self._places.get(where.address)
            if home is not None and home[0] == day and home[2] & mark:
                return
        self._learn(account, pair, where, day, day, mark)
        self._mark(where.address, day, day, mark)
        self._tell(account, where, day)

    def _learn(
        self, account: str, pair: int, where: Places, first: int, last: int, mark: int
    ) -> None:
        keys = [self._prints.of(account), pair]
        if where.system:
            keys.append(self._prints.of(account, where.system))
            self._mark(where.system, first, last, mark)
        self._mark(where.network, first, last, mark)
        for key in keys:
            self._visit(key, first, last)
        self.oldest = min(self.oldest or first, first)

    def _visit(self, pair: int, first: int, last: int) -> None:
        known = self._pairs.get(pair)
        days = first < last
        if known is not None:
            before = known[0] >> 1
            days = days or bool(known[0] & 1) or before != last
            last = max(before, last)
        self._pairs.put(pair, last << 1 | days)

    def _mark(self, place: int, first: int, last: int, mark: int) -> None:
        known = self._places.get(place)
        if known is not None:
            last, first, mark = max(known[0], last), min(known[1], first), known[2] | mark
        self._places.put(place, last, first, mark)

    def _tell(self, account: str, where: Places, day: int) -> None:
        system = system_of(where.system)
        self._fresh.append(GoodPair(account, text(where.network), system, day, day))
        last, first, sketch = self._places.get(where.address) or (day, day, 0)
        if first < last:
            count = max(1, size(sketch))
            self._fresh.append(GoodPair("", text(where.address), system, first, day, 1, count))

    def fresh(self) -> list[GoodPair]:
        """What is new or was seen again on another day since the last call, to be kept."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def restore(self, pair: GoodPair) -> None:
        """Take what the store has kept; a network that cannot be read is passed over."""
        try:
            place = read(pair.network)
        except ValueError:
            return
        first, last = (max(0, min(day, LAST_DAY)) for day in (pair.first, pair.last))
        if not pair.account:
            self._mark(place, first, last, (1 << min(pair.accounts, 63)) - 1)
            return
        if kind_of(place) != "network":
            return
        where = Places(0, place, read(f"AS{pair.system}") if pair.system else 0)
        print_ = self._prints.of(pair.account, place)
        self._learn(pair.account, print_, where, first, last, bit(self._prints.of(pair.account)))

    def home(self, account: str, place: int, at: float) -> bool:
        """Whether the account is at home in the network or system: good on two days, lately.

        On a new server, where nobody can have been seen on two days, one is enough.
        """
        known = self._pairs.get(self._prints.of(account, place))
        return known is not None and self._is_home(known[0] >> 1, known[0] & 1, at)

    def visited(self, account: str, place: int, at: float) -> bool:
        """Whether the account has logged in there at all, lately."""
        known = self._pairs.get(self._prints.of(account, place))
        return known is not None and self._is_late(known[0] >> 1, at)

    def knows(self, at: float) -> bool:
        """Whether there is enough history to tell that something is missing in it."""
        return bool(self.oldest) and _day(at) - self.oldest >= LEARNING

    def used(self, account: str, at: float) -> bool:
        """Whether anybody has logged in to the account lately, or too little is known to say."""
        if not self.knows(at):
            return True
        known = self._pairs.get(self._prints.of(account))
        return known is not None and self._is_late(known[0] >> 1, at)

    def residents(self, place: int, at: float) -> int:
        """How many accounts are at home at a place, about."""
        known = self._places.get(place)
        if known is None or not self._is_home(known[0], known[0] - known[1], at):
            return 0
        return max(1, size(known[2]))

    def known(self, place: int, at: float) -> bool:
        """Whether anybody has logged in at a place at all, lately."""
        known = self._places.get(place)
        return known is not None and self._is_late(known[0], at)

    def _is_late(self, last: int, at: float) -> bool:
        return _day(at) - last <= self.days

    def _is_home(self, last: int, days: int, at: float) -> bool:
        """Whether it was good on two days, lately; `days` is 0 when there was only one."""
        return self._is_late(last, at) and bool(days or not self.knows(at))


def _day(at: float) -> int:
    return max(0, min(int(at // DAY), LAST_DAY))
