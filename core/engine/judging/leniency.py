"""Who is let in where an attacker was seen, too: those who are at home there."""

from __future__ import annotations

from collections.abc import Iterable

from core.engine.judging.entry import Entry
from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.history import History
from core.engine.judging.place import Places
from core.engine.judging.targets import SIDES, Targets
from core.engine.judging.weights import CROWD, NAMED


class Leniency:
    """Spares people.

    Args:
        history: who is at home where.
        targets: which accounts are attacked.
        prints: makes the fingerprints by which targets go.
    """

    __slots__ = ("_abused", "_history", "_named_until", "_prints", "_targets")

    def __init__(self, history: History, targets: Targets, prints: Fingerprints) -> None:
        self._history = history
        self._targets = targets
        self._prints = prints
        self._abused: set[int] = set()
        self._named_until = 0.0

    def named(self, at: float) -> None:
        """Note a report of Dovecot's, who tells names before the password."""
        self._named_until = at + NAMED

    def abused(self, address: int) -> bool:
        """Note that an address went on guessing where it was spared; whether that is new."""
        before = len(self._abused)
        self._abused.add(address)
        return len(self._abused) > before

    def forget(self, places: Iterable[int]) -> None:
        """Let places be no abused ones any more."""
        self._abused.difference_update(places)

    def spares(self, entry: Entry, where: Places, account: str, wall: float) -> bool:
        """Whether somebody is let in although an attacker stands there.

        Args:
            entry: the attacker.
            where: where somebody comes from.
            account: who he says to be, "" while nobody knows.
            wall: seconds since 1970.
        """
        history = self._history
        if account and history.home(account, where.network, wall):
            return True
        resident = history.residents(where.address, wall) > 0
        if resident and (entry.kind != "address" or not account):
            return True  # of an attacker's own address the account decides, once it is known
        if account:
            return self._spares_customer(account, where, wall)
        if history.residents(where.network, wall) >= CROWD:
            return True
        return wall < self._named_until and any(
            place and history.residents(place, wall) for place in (where.network, where.system)
        )

    def _spares_customer(self, account: str, where: Places, wall: float) -> bool:
        """Whether the account is at home with the provider.

        A phone may meet anybody behind its provider's addresses; an attacker may sit there, too.
        """
        if not (where.system and self._history.home(account, where.system, wall)):
            return False
        attacked = self._targets.sides(self._prints.of(account), wall) >= SIDES
        return not attacked and where.address not in self._abused
