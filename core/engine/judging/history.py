"""Who is at home where: good logins, remembered so that an attack does not lock their owners out.

A pair of account and place is at home there once its logins were good on two different days; before
that an attacker's lucky guess would whiten him. Names are kept as fingerprints only.
"""

from __future__ import annotations

from typing import Final

from core.engine.judging.fingerprint import Fingerprints, bit, size
from core.engine.judging.place import Places, kind_of, read, system_of, text
from core.engine.judging.table import Table
from core.store.good_pair import GoodPair

DAY: Final = 86_400

LEARNING: Final = 3
"""Days of history before an account that nobody was seen to use counts as made up."""

MOST_PAIRS: Final = 1 << 20
MOST_PLACES: Final = 1 << 18
"""Rows: 15 MB and 6 MB, on a server with a hundred thousand accounts; a small one needs a tenth."""


class History:
    """Good logins by account and place.

    Args:
        prints: makes fingerprints.
        salt: see `Table`.

    Attributes:
        days: how long a good login is remembered.
        oldest: day (since 1970) from which on there is history, 0 for none.
    """

    __slots__ = ("_fresh", "_pairs", "_places", "_prints", "days", "oldest")

    def __init__(self, prints: Fingerprints, salt: int) -> None:
        self._prints = prints
        # The rank of a row is the last day; column 0 the first.
        self._pairs = Table("H", MOST_PAIRS, salt)
        self._places = Table("HQ", MOST_PLACES, salt)
        self._fresh: list[GoodPair] = []
        self.days = 60
        self.oldest = 0

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return self._pairs.octets + self._places.octets

    def note(self, account: str, where: Places, at: float) -> None:
        """Remember a good login."""
        day = int(at // DAY)
        pair = self._prints.of(account, where.network)
        row = self._pairs.find(pair)
        mark = bit(self._prints.of(account))
        home = self._places.find(where.address)
        if (
            row >= 0
            and self._pairs.rank[row] == day
            and home >= 0
            and self._places.rank[home] == day
            and self._places.columns[1][home] & mark
        ):
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
            _stretch(self._pairs, key, first, last)
        self.oldest = min(self.oldest or first, first)

    def _mark(self, place: int, first: int, last: int, mark: int) -> None:
        row = _stretch(self._places, place, first, last)
        self._places.columns[1][row] |= mark

    def _tell(self, account: str, where: Places, day: int) -> None:
        system = system_of(where.system)
        self._fresh.append(GoodPair(account, text(where.network), system, day, day))
        row = self._places.find(where.address)
        first = self._places.columns[0][row]
        if first < self._places.rank[row]:
            count = max(1, size(self._places.columns[1][row]))
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
        first, last = pair.first, pair.last
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
        row = self._pairs.find(self._prints.of(account, place))
        return row >= 0 and self._lasting(self._pairs, row, at, int(self.knows(at)))

    def visited(self, account: str, place: int, at: float) -> bool:
        """Whether the account has logged in there at all, lately."""
        row = self._pairs.find(self._prints.of(account, place))
        return row >= 0 and self._lasting(self._pairs, row, at, 0)

    def knows(self, at: float) -> bool:
        """Whether there is enough history to tell that something is missing in it."""
        return bool(self.oldest) and int(at // DAY) - self.oldest >= LEARNING

    def used(self, account: str, at: float) -> bool:
        """Whether anybody has logged in to the account lately, or too little is known to say."""
        if not self.knows(at):
            return True
        row = self._pairs.find(self._prints.of(account))
        return row >= 0 and self._lasting(self._pairs, row, at, 0)

    def residents(self, place: int, at: float) -> int:
        """How many accounts are at home at a place, about."""
        row = self._places.find(place)
        if row < 0 or not self._lasting(self._places, row, at, int(self.knows(at))):
            return 0
        return max(1, size(self._places.columns[1][row]))

    def known(self, place: int, at: float) -> bool:
        """Whether anybody has logged in at a place at all, lately."""
        row = self._places.find(place)
        return row >= 0 and self._lasting(self._places, row, at, 0)

    def _lasting(self, table: Table, row: int, at: float, days: int) -> bool:
        first, last = int(table.columns[0][row]), table.rank[row]
        return bool(int(at // DAY) - last <= self.days and last - first >= days)


def _stretch(table: Table, key: int, first: int, last: int) -> int:
    """Let a row reach from one day to another; returns it."""
    row = table.place(key)
    firsts = table.columns[0]
    firsts[row] = min(firsts[row], first) if table.rank[row] else first
    table.rank[row] = max(table.rank[row], last)
    return row
