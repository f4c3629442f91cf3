"""The judge: learns from every login that was seen, and says who is an attacker.

Its answer costs one look into a dictionary while nobody attacks. Who remembers answers is told
whenever one may be another than before.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Final

from core.engine.judging import evidence
from core.engine.judging.entry import Entry
from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.history import History
from core.engine.judging.leniency import Leniency
from core.engine.judging.place import Kind, Places, kind_of, places, read, text
from core.engine.judging.scores import Tally
from core.engine.judging.shield import Shield
from core.engine.judging.standing import Standing
from core.engine.judging.suspicion import MOST_ADDRESSES, Miss, Suspicion
from core.engine.judging.weights import GROWTH, LONGEST
from core.engine.observation import LoginSeen
from core.settings.access import Switch
from core.settings.attack import Attack
from core.sources.facts import AddressFacts
from core.store.good_pair import GoodPair

_LATEST: Final = 4e9
"""Seconds since 1970 that fit; a log whose clock is wrong by more tells nothing."""

_STRICTNESS: Final[dict[Switch, int]] = {"off": 0, "watch": 1, "refuse": 2}


class Judge:
    """Judges addresses.

    Args:
        salt: 16 secret octets; None for fresh ones. Only tests and measurements give their own.
        addresses: how many addresses are remembered at most, a power of two.
        changed: called when an attacker has come or gone, or is spared no more or at last, and
            when the settings have changed.

    Attributes:
        standing: the attackers that are refused or watched now.
        history: who is at home where.
    """

    def __init__(
        self,
        salt: bytes | None = None,
        addresses: int = MOST_ADDRESSES,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        prints = Fingerprints(salt or secrets.token_bytes(16))
        odd = prints.of("table")
        self._changed = changed
        self.standing = Standing()
        self.history = History(prints, odd)
        self._suspicion = Suspicion(self.history, prints, odd, addresses)
        self._leniency = Leniency(self.history, self._suspicion.targets, prints)
        self.configure(Attack(), Shield())

    @property
    def octets(self) -> int:
        """What it remembers takes of memory; attackers that stand some 400 octets each besides."""
        return self.history.octets + self._suspicion.octets

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
        self._suspicion.configure(rules)
        for entry in [e for e in self.standing if shield.touches(read(e.place))]:
            self.standing.remove(entry)
        self._changed()

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
            if mode == "off" or entry.until <= wall:
                continue
            if self._leniency.spares(entry, where, account, wall):
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

    def tally(self, facts: AddressFacts, wall: float) -> Tally | None:
        """What weighs against an address so far, None when nothing does."""
        where = places(facts)
        return self._suspicion.tally(where.address, wall) if where is not None else None

    # what it learns

    def observe(self, seen: LoginSeen) -> tuple[Entry, ...]:
        """Learn from a login; returns the attackers that stand because of it."""
        where = places(seen.facts)
        if where is None or not seen.account or not 0 < seen.at < _LATEST:
            return ()
        if seen.attempt:
            self._leniency.named(seen.at)
        if seen.succeeded:
            self._use(seen.account, where, seen.facts, seen.at)
            return ()
        if self._rules.mode == "off" or self._shield.spares(seen.facts):
            return ()
        if self.history.home(seen.account, where.network, seen.at):
            return ()
        miss = self._suspicion.weigh(seen.account, seen.attempt, where, seen.at)
        return tuple(self._missed(miss, where, seen.at))

    def good(self, account: str, facts: AddressFacts, at: float) -> None:
        """Learn that an account was used properly, as by sending a mail."""
        where = places(facts)
        if where is not None and account and 0 < at < _LATEST:
            self._use(account, where, facts, at)

    def _use(self, account: str, where: Places, facts: AddressFacts, at: float) -> None:
        if any(hit.kind == "relay" for hit in facts.hits):
            return  # it carries everybody, so nobody is at home there
        if self._suspicion.is_lucky(account, where, at):
            return
        self.history.note(account, where, at)
        self._suspicion.clear(account, where, at)

    def _missed(self, miss: Miss, where: Places, at: float) -> list[Entry]:
        found = self._address_missed(miss, where, at) + self._network_missed(miss, where, at)
        if found and where.system:
            found += self._system_attacks(where, at)
        return found

    def _address_missed(self, miss: Miss, where: Places, at: float) -> list[Entry]:
        tally = self._suspicion.against_address(miss, where, at)
        if tally is None:
            return []
        if self._stands(where.address, at):
            if self._leniency.abused(where.address):
                self._changed()
            return []
        return [self._enter(where.address, evidence.of_address(tally, miss.sides, at), at)]

    def _network_missed(self, miss: Miss, where: Places, at: float) -> list[Entry]:
        network = where.network
        if self._modes["network"] == "off" or self._stands(network, at):
            return []
        tally = self._suspicion.against_network(miss, where, at)
        if tally is None or self._shield.touches(network):
            return []
        return [self._enter(network, evidence.of_network(tally, at), at)]

    def _system_attacks(self, where: Places, at: float) -> list[Entry]:
        system = where.system
        if self._modes["system"] == "off" or self._stands(system, at):
            return []
        tally = self._suspicion.against_system(where, at)
        if tally is None or self._shield.touches(system):
            return []
        return [self._enter(system, evidence.of_system(tally, at), at)]

    def _stands(self, place: int, at: float) -> bool:
        entry = self.standing.get(place)
        return entry is not None and entry.until > at

    def _enter(self, place: int, why: str, at: float) -> Entry:
        kind: Kind = kind_of(place)
        times = self._suspicion.offended(place, at)
        seconds = min(LONGEST, self._rules.hours * 3600.0 * GROWTH ** (times - 1))
        entry = Entry(text(place), kind, at, at + seconds, times, why)
        self.standing.add(place, entry)
        self._changed()
        return entry

    # what is done with it

    def expire(self, wall: float) -> list[Entry]:
        """Let go of attackers whose time is over; to be called every second or so."""
        ended = self.standing.expire(wall)
        if ended:
            self._leniency.forget(read(entry.place) for entry in ended)
            self._changed()
        return ended

    def restore(self, entries: Iterable[Entry], wall: float) -> None:
        """Take attackers that stood before, or stand on another server, and those that were."""
        for entry in entries:
            place = read(entry.place)
            if self._shield.touches(place):
                continue
            self._suspicion.offended(place, entry.since, entry.times)
            if entry.until > wall:
                self.standing.add(place, entry)
        self._changed()

    def learn(self, pairs: Iterable[GoodPair]) -> None:
        """Take who was at home where, as the store or old logs tell."""
        for pair in pairs:
            self.history.restore(pair)
        self._changed()

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
        self._leniency.forget(read(entry.place) for entry in found)
        self._suspicion.forget(place)
        self._changed()
        return found
