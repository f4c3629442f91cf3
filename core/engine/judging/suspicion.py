"""What weighs against addresses, networks and systems, and when it is enough.

It does not know who stands already, nor what settings make of an attacker: that is the judge's.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.history import History
from core.engine.judging.place import Places, kind_of, prefix_of
from core.engine.judging.scores import Scores, Tally
from core.engine.judging.targets import Targets
from core.engine.judging.weights import (
    AGAIN,
    ATTACKED,
    CROWD,
    FADED,
    FEWEST,
    LUCKY,
    MOST_RESIDENTS,
    NETWORK,
    NETWORK_ADDRESSES,
    NETWORK_UNKNOWN,
    RESIDENT,
    STRANGE,
    SYSTEM_NETWORKS,
    SYSTEM_RESIDENTS,
    UNUSED,
    VISITED,
)
from core.settings.attack import Attack

MOST_ADDRESSES: Final = 1 << 17
MOST_NETWORKS: Final = 1 << 15
MOST_TARGETS: Final = 1 << 16


class Miss(NamedTuple):
    """A wrong password.

    Attributes:
        account: fingerprint of the account.
        attempt: fingerprint of the account with the password, 0 when nobody knows it.
        weight: points for the first try of the account.
        further: points for each further password of it.
        sides: from how many sides the account is attacked, 0 while it is not.
    """

    account: int
    attempt: int
    weight: float
    further: float
    sides: int


class Suspicion:
    """Points by place, and the marks at which a place is an attacker.

    Args:
        history: who is at home where.
        prints: makes fingerprints.
        salt: see `core.engine.judging.table.Table`.
        addresses: how many addresses are remembered at most, a power of two.

    Attributes:
        targets: which accounts are attacked.
    """

    __slots__ = ("_addresses", "_history", "_networks", "_prints", "_rules", "targets")

    def __init__(
        self, history: History, prints: Fingerprints, salt: int, addresses: int = MOST_ADDRESSES
    ) -> None:
        self._history = history
        self._prints = prints
        self.targets = Targets(MOST_TARGETS, salt)
        self._addresses = Scores(addresses, salt)
        self._networks = Scores(MOST_NETWORKS, salt)
        self.configure(Attack())

    def configure(self, rules: Attack) -> None:
        """Take other settings."""
        self._rules = rules
        for faded in (self._addresses, self._networks, self.targets):
            faded.fading = float(rules.seconds)

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return sum(part.octets for part in (self.targets, self._addresses, self._networks))

    # what weighs

    def weigh(self, account: str, attempt: str, where: Places, at: float) -> Miss:
        """Weigh a wrong password of somebody who is not at home there.

        Args:
            account: normalised name.
            attempt: see `core.engine.observation.LoginSeen`.
            where: where he comes from.
            at: when, seconds since 1970.
        """
        history = self._history
        name = self._prints.of(account)
        guess = self._prints.of(account, attempt) if attempt else 0
        used = history.used(account, at)
        weight = 1.0 if used else UNUSED
        stranger = not (
            history.visited(account, where.network, at)
            or (where.system and history.home(account, where.system, at))
        )
        further = weight * (self._rules.accounts - 1) / (self._rules.passwords - 1)
        if stranger and used and history.knows(at):
            weight = STRANGE
        sides = self.targets.tried(name, guess, where, at) if stranger else 0
        if sides:
            further = weight = ATTACKED * (1.0 if used else UNUSED)
        if not stranger:
            weight *= VISITED
            further *= VISITED
        return Miss(name, guess, weight, further, sides)

    def tally(self, address: int, at: float) -> Tally | None:
        """What weighs against an address so far, None when nothing does."""
        return self._addresses.tally(address, at)

    # when it is enough

    def against_address(self, miss: Miss, where: Places, at: float) -> Tally | None:
        """Note a wrong password of an address; what weighs against it, if that is enough."""
        points = self._addresses.tried(
            where.address, miss.account, miss.attempt, miss.weight, miss.further, at
        )
        tally = self._addresses.tally(where.address, at)
        if tally is None or points < self._mark(where.address, where.network, tally, at):
            return None
        is_new = not (tally.offences or miss.sides)
        return None if is_new and max(tally.accounts, tally.others) < FEWEST else tally

    def against_network(self, miss: Miss, where: Places, at: float) -> Tally | None:
        """Note a wrong password of a network; what weighs against it, if that is enough."""
        network = where.network
        points = self._networks.spread(network, miss.account, where.address, miss.weight, at)
        tally = self._networks.tally(network, at)
        if tally is None or tally.others < NETWORK_ADDRESSES:
            return None
        return tally if points >= self._mark(network, 0, tally, at) else None

    def against_system(self, where: Places, at: float) -> Tally | None:
        """Note an attacker in a system's network; what weighs against it, if that is enough."""
        system, network = where.system, where.network
        self._networks.spread(system, network, network, 1.0, at)
        tally = self._networks.tally(system, at)
        if tally is None or min(tally.others, tally.points) < SYSTEM_NETWORKS:
            return None
        return tally if self._history.residents(system, at) < SYSTEM_RESIDENTS else None

    def _mark(self, place: int, around: int, tally: Tally, at: float) -> float:
        """The points at which a place is an attacker.

        Args:
            place: the place.
            around: the network around an address, 0 for a network.
            tally: what is known of it.
            at: when.
        """
        history = self._history
        mark = self._rules.accounts * (AGAIN if tally.offences else 1.0) - FADED
        if not around:
            mark *= NETWORK if history.knows(at) else NETWORK_UNKNOWN
        elif history.residents(around, at) >= CROWD:
            mark += self._rules.accounts
        return mark + RESIDENT * min(MOST_RESIDENTS, history.residents(place, at))

    # what takes it back

    def is_lucky(self, account: str, where: Places, at: float) -> bool:
        """Whether a right password came after so many wrong ones that it was guessed."""
        tally = self._addresses.tally(where.address, at) if len(self._addresses) else None
        if tally is None or self._history.home(account, where.network, at):
            return False
        return tally.offences > 0 or (
            tally.points >= LUCKY * self._mark(where.address, where.network, tally, at)
        )

    def clear(self, account: str, where: Places, at: float) -> None:
        """Take back what an address got for an account whose password it knows after all."""
        if len(self._addresses):
            self._addresses.succeeded(where.address, self._prints.of(account), 1.0, at)

    def offended(self, place: int, at: float, times: int = 0) -> int:
        """Note that a place is refused from now on; see `Scores.offended`."""
        scores = self._addresses if kind_of(place) == "address" else self._networks
        return scores.offended(place, at, times)

    def forget(self, place: int) -> None:
        """Forget what a place did, and all inside it."""
        self._networks.forget(place)
        prefix = prefix_of(place)
        if prefix is None:
            return
        shift = 64 if prefix.version == 6 else 0
        first, last = prefix.value >> shift, prefix.last >> shift
        for inner in [first] if first == last else self._addresses.within(first, last):
            self._addresses.forget(inner)
