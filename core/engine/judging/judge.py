"""The judge: learns from every login that was seen, and says who is an attacker.

Its answer costs one look into a dictionary while nobody attacks. `generation` changes whenever an
answer may be another than before, so that who remembers answers compares one number.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from core.engine.judging.entry import Entry, counted, tried
from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.history import History
from core.engine.judging.place import Kind, Places, kind_of, places, prefix_of, read, text
from core.engine.judging.scores import Scores, Tally
from core.engine.judging.shield import Shield
from core.engine.judging.standing import Standing
from core.engine.judging.targets import SIDES, Targets
from core.engine.judging.weights import (
    AGAIN,
    ATTACKED,
    CROWD,
    FADED,
    GROWTH,
    LONGEST,
    LUCKY,
    MOST_RESIDENTS,
    NAMED,
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
from core.engine.observation import LoginSeen
from core.settings.access import Switch
from core.settings.attack import Attack
from core.sources.facts import AddressFacts
from core.store.good_pair import GoodPair

MOST_ADDRESSES: Final = 1 << 17
MOST_NETWORKS: Final = 1 << 15
MOST_TARGETS: Final = 1 << 16

_LATEST: Final = 4e9
"""Seconds since 1970 that fit; a log whose clock is wrong by more tells nothing."""

_STRICTNESS: Final[dict[Switch, int]] = {"off": 0, "watch": 1, "refuse": 2}


class Judge:
    """Judges addresses.

    Args:
        salt: 16 secret octets; None for fresh ones. Only tests and measurements give their own.
        addresses: how many addresses are remembered at most, a power of two.

    Attributes:
        generation: changes with every attacker that comes or goes, and with the settings.
        standing: the attackers that are refused or watched now.
        history: who is at home where.
        targets: which accounts are attacked.
    """

    def __init__(self, salt: bytes | None = None, addresses: int = MOST_ADDRESSES) -> None:
        salt = salt or secrets.token_bytes(16)
        self.generation = 0
        self._named_until = 0.0
        self._stubborn: set[int] = set()
        self.standing = Standing()
        self._prints = Fingerprints(salt)
        odd = self._prints.of("table")
        self.history = History(self._prints, odd)
        self.targets = Targets(MOST_TARGETS, odd)
        self._addresses = Scores(addresses, odd)
        self._networks = Scores(MOST_NETWORKS, odd)
        self.configure(Attack(), Shield())

    @property
    def octets(self) -> int:
        """What it remembers takes of memory; attackers that stand some 400 octets each besides."""
        parts = (self.history, self.targets, self._addresses, self._networks)
        return sum(part.octets for part in parts)

    def configure(self, rules: Attack, shield: Shield) -> None:
        """Take other settings; what has become protected is no attacker any more."""
        self._rules = rules
        self._shield = shield
        self._modes: dict[str, Switch] = {
            "address": rules.mode,
            "network": min(rules.mode, rules.networks, key=_STRICTNESS.__getitem__),
            "system": min(rules.mode, rules.systems, key=_STRICTNESS.__getitem__),
        }
        self.history.days = rules.remember_days
        for faded in (self._addresses, self._networks, self.targets):
            faded.fading = float(rules.seconds)
        for entry in [e for e in self.standing if shield.touches(read(e.place))]:
            self.standing.remove(entry)
        self.generation += 1

    def mode(self, entry: Entry) -> Switch:
        """What becomes of an attacker: "off", "watch" or "refuse"."""
        return self._modes[entry.kind]

    # what it says

    def against(self, facts: AddressFacts, account: str, wall: float) -> Entry | None:
        """The attacker that an address is, or is in; None when it may pass.

        Args:
            facts: the address.
            account: whose password is about to be tried, or was right; "" while nobody knows.
            wall: seconds since 1970.
        """
        if not self.standing:
            return None
        where = places(facts)
        if where is None:
            return None
        watched = None
        for entry in self.standing.find(where):
            mode = self._modes[entry.kind]
            if mode == "off" or entry.until <= wall or self._spares(entry, where, account, wall):
                continue
            if mode == "refuse":
                return entry
            watched = watched or entry
        return watched

    def knows(self, facts: AddressFacts) -> bool:
        """Whether an address is an attacker, or in one, for anybody at all."""
        where = places(facts)
        return where is not None and any(True for _ in self.standing.find(where))

    def bannable_until(self, facts: AddressFacts, wall: float) -> float:
        """Until when an address may be shut out without being asked who it is, 0.0 when it may not.

        Stricter than `against`: nobody at all may have logged in properly from there.

        Args:
            facts: the address.
            wall: seconds since 1970.
        """
        where = places(facts)
        if where is None or self._shield.spares(facts) or self.history.known(where.address, wall):
            return 0.0
        refused = (e for e in self.standing.find(where) if self._modes[e.kind] == "refuse")
        return max((entry.until for entry in refused if entry.until > wall), default=0.0)

    def _spares(self, entry: Entry, where: Places, account: str, wall: float) -> bool:
        """Whether somebody is at home where an attacker was seen, too."""
        history = self.history
        if account and history.home(account, where.network, wall):
            return True
        resident = history.residents(where.address, wall) > 0
        if resident and (entry.kind != "address" or not account):
            return True  # of an attacker's own address the account decides, once it is known
        if not account:
            if history.residents(where.network, wall) >= CROWD:
                return True
            return wall < self._named_until and any(
                place and history.residents(place, wall) for place in (where.network, where.system)
            )
        if not (account and where.system and history.home(account, where.system, wall)):
            return False
        # A phone may meet anybody behind its provider's addresses; an attacker may sit there, too.
        attacked = self.targets.sides(self._prints.of(account), wall) >= SIDES
        return not attacked and where.address not in self._stubborn

    def tally(self, facts: AddressFacts, wall: float) -> Tally | None:
        """What weighs against an address so far, None when nothing does."""
        where = places(facts)
        return self._addresses.tally(where.address, wall) if where is not None else None

    # what it learns

    def observe(self, seen: LoginSeen) -> tuple[Entry, ...]:
        """Learn from a login; returns the attackers that stand because of it."""
        where = places(seen.facts)
        if where is None or not seen.account or not 0 < seen.at < _LATEST:
            return ()
        if seen.attempt:
            self._named_until = seen.at + NAMED
        if seen.succeeded:
            self._use(seen.account, where, seen.facts, seen.at)
            return ()
        if self._rules.mode == "off" or self._shield.spares(seen.facts):
            return ()
        return self._failed(seen, where)

    def good(self, account: str, facts: AddressFacts, at: float) -> None:
        """Learn that an account was used properly, as by sending a mail."""
        where = places(facts)
        if where is not None and account and 0 < at < _LATEST:
            self._use(account, where, facts, at)

    def _use(self, account: str, where: Places, facts: AddressFacts, at: float) -> None:
        if any(hit.kind == "relay" for hit in facts.hits):
            return  # it carries everybody, so nobody is at home there
        if self._is_lucky(account, where, at):
            return
        self.history.note(account, where, at)
        if len(self._addresses):
            self._addresses.succeeded(where.address, self._prints.of(account), 1.0, at)

    def _is_lucky(self, account: str, where: Places, at: float) -> bool:
        """Whether a right password came after so many wrong ones that it was guessed."""
        tally = self._addresses.tally(where.address, at) if len(self._addresses) else None
        if tally is None or self.history.home(account, where.network, at):
            return False
        return tally.offences > 0 or (
            tally.points >= LUCKY * self._mark(where.address, where.network, tally, at)
        )

    def _failed(self, seen: LoginSeen, where: Places) -> tuple[Entry, ...]:
        at, history, account = seen.at, self.history, seen.account
        if history.home(account, where.network, at):
            return ()
        name = self._prints.of(account)
        attempt = self._prints.of(account, seen.attempt) if seen.attempt else 0
        used = history.used(account, at)
        weight = 1.0 if used else UNUSED
        stranger = not (
            history.visited(account, where.network, at)
            or (where.system and history.home(account, where.system, at))
        )
        further = weight * (self._rules.accounts - 1) / (self._rules.passwords - 1)
        if stranger and used and history.knows(at):
            weight = STRANGE
        sides = self.targets.tried(name, attempt, where, at) if stranger else 0
        if sides:
            further = weight = ATTACKED * (1.0 if used else UNUSED)
        if not stranger:
            weight *= VISITED
            further *= VISITED
        return self._weigh(where, (name, attempt), (weight, further), sides, at)

    def _weigh(
        self,
        where: Places,
        prints: tuple[int, int],
        weights: tuple[float, float],
        sides: int,
        at: float,
    ) -> tuple[Entry, ...]:
        name, attempt = prints
        weight, further = weights
        found = []
        points = self._addresses.tried(where.address, name, attempt, weight, further, at)
        tally = self._addresses.tally(where.address, at)
        if tally is not None and points >= self._mark(where.address, where.network, tally, at):
            if self._stands(where.address, at):
                self._stubborn.add(where.address)  # where it was spared, it went on
            else:
                found.append(self._enter(where.address, _of_address(tally, sides, at), at))
        if self._modes["network"] != "off" and not self._stands(where.network, at):
            points = self._networks.spread(where.network, name, where.address, weight, at)
            tally = self._networks.tally(where.network, at)
            enough = tally is not None and tally.others >= NETWORK_ADDRESSES
            if (
                enough
                and tally is not None
                and points >= self._mark(where.network, 0, tally, at)
                and not self._shield.touches(where.network)
            ):
                found.append(self._enter(where.network, _of_network(tally, at), at))
        if found and where.system:
            found += self._weigh_system(where, at)
        return tuple(found)

    def _weigh_system(self, where: Places, at: float) -> list[Entry]:
        system = where.system
        if self._modes["system"] == "off" or self._stands(system, at):
            return []
        self._networks.spread(system, where.network, where.network, 1.0, at)
        tally = self._networks.tally(system, at)
        if (
            tally is None
            or tally.others < SYSTEM_NETWORKS
            or tally.points < SYSTEM_NETWORKS
            or self._shield.touches(system)
            or self.history.residents(system, at) >= SYSTEM_RESIDENTS
        ):
            return []
        what = f"guessing from {tally.others} of its networks"
        return [self._enter(system, tried(what, at - tally.born, at), at)]

    def _stands(self, place: int, at: float) -> bool:
        entry = self.standing.get(place)
        return entry is not None and entry.until > at

    def _mark(self, place: int, around: int, tally: Tally, at: float) -> float:
        """The points at which a place is an attacker.

        Args:
            place: the place.
            around: the network around an address, 0 for a network.
            tally: what is known of it.
            at: when.
        """
        history = self.history
        mark = self._rules.accounts * (AGAIN if tally.offences else 1.0) - FADED
        if not around:
            mark *= NETWORK if history.knows(at) else NETWORK_UNKNOWN
        elif history.residents(around, at) >= CROWD:
            mark += self._rules.accounts
        return mark + RESIDENT * min(MOST_RESIDENTS, history.residents(place, at))

    def _enter(self, place: int, evidence: str, at: float) -> Entry:
        kind: Kind = kind_of(place)
        scores = self._addresses if kind == "address" else self._networks
        times = scores.offended(place, at)
        seconds = min(LONGEST, self._rules.hours * 3600.0 * GROWTH ** (times - 1))
        entry = Entry(text(place), kind, at, at + seconds, times, evidence)
        self.standing.add(place, entry)
        self.generation += 1
        return entry

    # what is done with it

    def expire(self, wall: float) -> list[Entry]:
        """Let go of attackers whose time is over; to be called every second or so."""
        ended = self.standing.expire(wall)
        if ended:
            self._stubborn.difference_update(read(entry.place) for entry in ended)
            self.generation += 1
        return ended

    def restore(self, entries: Iterable[Entry], wall: float) -> None:
        """Take attackers that stood before, or stand on another server, and those that were."""
        for entry in entries:
            place = read(entry.place)
            if self._shield.touches(place):
                continue
            scores = self._addresses if entry.kind == "address" else self._networks
            scores.offended(place, entry.since, entry.times)
            if entry.until > wall:
                self.standing.add(place, entry)
        self.generation += 1

    def learn(self, pairs: Iterable[GoodPair]) -> None:
        """Take who was at home where, as the store or old logs tell."""
        for pair in pairs:
            self.history.restore(pair)

    def release(self, written: str) -> list[Entry]:
        """Let an attacker go, with all inside it, and forget what it did.

        Args:
            written: a place as people write it.

        Raises:
            ValueError: it is none.
        """
        place = read(written)
        found = self.standing.covered(place)
        for entry in found:
            self.standing.remove(entry)
            self._stubborn.discard(read(entry.place))
        self._forget(place)
        self.generation += 1
        return found

    def _forget(self, place: int) -> None:
        self._networks.forget(place)
        prefix = prefix_of(place)
        if prefix is None:
            return
        shift = 64 if prefix.version == 6 else 0
        first, last = prefix.value >> shift, prefix.last >> shift
        for inner in [first] if first == last else self._addresses.within(first, last):
            self._addresses.forget(inner)


def _of_address(tally: Tally, sides: int, at: float) -> str:
    if tally.accounts > 1:
        what = f"tried {counted(tally.accounts, 'account', 'accounts')}"
    else:
        passwords = counted(max(1, tally.others), "password", "passwords")
        what = f"tried {passwords} of one account"
    if sides:
        what += f" that {sides} networks attack"
    return tried(what, at - tally.born, at)


def _of_network(tally: Tally, at: float) -> str:
    accounts = counted(tally.accounts, "account", "accounts")
    return tried(f"{tally.others} of its addresses tried {accounts}", at - tally.born, at)
