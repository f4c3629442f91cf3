"""Honest people of the simulation: what they do on a day, and how it goes wrong.

Rates are those of an ordinary hoster: a password is changed every few months, and some device is
always forgotten. Nothing here knows what the judge counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from bench.quality_world import DAY, START, Provider, Try, World
from core.sources.facts import AddressFacts

OFFICES, ALONE = 40, 350
"""Offices of 2 to 60 people behind one address, and people on their own."""


class Person:
    """One account, its places, and its devices.

    Attributes:
        account: login name.
        begins, ends: days on which the account is there.
    """

    def __init__(self, world: World, account: str, office: Callable[[], AddressFacts] | None):
        random = world.random
        self.world, self.random, self.account = world, random, account
        self.office = office
        self.begins, self.ends = 0, 999
        self.password = 0
        self._provider = random.choice(world.access)
        self._home = self._move()
        self._home_days = random.choice([1, 1, 2, 7, 30, 30, 180])
        self._v6 = random.random() < 0.4
        self._site = self._provider.site()
        carrier = random.choice(world.mobile) if random.random() < 0.65 else None
        self.carrier: Provider | None = carrier
        self.devices = 1 + min(9, int(random.expovariate(0.6)))
        self.hotel: Callable[[], AddressFacts] | None = None
        self._away_until = -1
        self._forgotten: list[tuple[str, int]] = []
        """Old password, and the last day on which a device still tries it."""

    def _move(self) -> AddressFacts:
        return self._provider.address()

    def home(self) -> AddressFacts:
        if self._v6 and self.random.random() < 0.7:
            return self._provider.inside(self._site | self.random.randrange(2) << 64, 64)
        return self._home

    def street(self) -> AddressFacts:
        """By phone: a carrier's shared addresses, or a prefix of one's own for an hour."""
        assert self.carrier is not None
        if self._v6:
            return self.carrier.inside(self.carrier.v6 | self.random.getrandbits(32) << 64, 64)
        return self.carrier.address()

    def place(self) -> AddressFacts:
        """Where a login comes from now."""
        if self.hotel is not None and self.random.random() < 0.7:
            return self.hotel()
        chance = self.random.random()
        if self.carrier is not None and chance < 0.35:
            return self.street()
        if self.office is not None and chance < 0.85:
            return self.office()
        return self.home()

    def day(self, day: int) -> Iterator[Try]:
        """What happens on a day."""
        if not self.begins <= day:
            return
        random = self.random
        if day % self._home_days == 0:
            self._home = self._move()
        self._travel(day)
        if day <= self.ends:
            if random.random() < 1 / 75:
                self._change(day)
            yield from self._logins(day)
            if random.random() < 1 / 120:
                yield from self._puzzle(day)
        yield from self._stale(day)

    def _travel(self, day: int) -> None:
        if day > self._away_until:
            self.hotel = None
            if self.random.random() < 1 / 90:
                self._away_until = day + self.random.randrange(2, 12)
                room = self.random.choice(self.world.abroad).address()
                self.hotel = lambda: room

    def _change(self, day: int) -> None:
        old = f"p{self.password}"
        self.password += 1
        for _ in range(self.devices - 1):
            if self.random.random() < 0.7:
                self._forgotten.append((old, day + int(self.random.expovariate(1 / 4))))

    def end(self, day: int) -> None:
        """The account is deleted; devices do not hear of it."""
        self.ends = day
        self._forgotten += [(f"p{self.password}", 99)] * min(2, self.devices)

    def _at(self, day: int) -> float:
        hour = min(23.99, max(0.0, self.random.gauss(13, 4)))
        return START + day * DAY + hour * 3600

    def _try(self, at: float, story: str, where: AddressFacts, password: str) -> Try:
        right = password == f"p{self.password}" and at < START + (self.ends + 1) * DAY
        sends = self.random.random() < 0.25
        return Try(at, story, False, where, self.account, password, right, sends)

    def _logins(self, day: int) -> Iterator[Try]:
        story = "travelling" if self.hotel is not None else "at work, at home, by phone"
        for _ in range(self.random.randrange(3, 14)):
            yield self._try(self._at(day), story, self.place(), f"p{self.password}")

    def _puzzle(self, day: int) -> Iterator[Try]:
        """The password is forgotten: some guesses by hand, mostly the right one in the end."""
        at, where = self._at(day), self.place()
        for number in range(1 + int(self.random.expovariate(1 / 3))):
            at += self.random.uniform(4, 60)
            yield self._try(at, "forgetful", where, f"guess{day}-{number}")
        if self.random.random() < 0.8:
            yield self._try(at + 30, "forgetful", where, f"p{self.password}")

    def _stale(self, day: int) -> Iterator[Try]:
        """Devices with an old password try it all day, wherever they are."""
        self._forgotten = [(old, last) for old, last in self._forgotten if last >= day]
        for old, _ in self._forgotten:
            minutes = self.random.choice([5, 15, 15, 30, 60])
            at = START + day * DAY + self.random.uniform(0, 3600)
            where = self.place()
            while at < START + (day + 1) * DAY:
                if self.random.random() < 0.1:
                    where = self.place()
                for _ in range(self.random.choice([1, 1, 2, 4])):
                    yield self._try(at, "old password", where, old)
                at += minutes * 60 * self.random.uniform(0.9, 1.5)


class Newsletter:
    """A program on a rented server that sends through a mailbox, now and then very often."""

    def __init__(self, world: World, account: str) -> None:
        self.random = world.random
        self.account = account
        self._where = self.random.choice(world.hosting).address()

    def day(self, day: int) -> Iterator[Try]:
        """A login for each batch."""
        count = self.random.choice([24, 24, 200])
        for number in range(count):
            at = START + day * DAY + (number + self.random.random()) * DAY / count
            yield Try(at, "newsletter", False, self._where, self.account, "p", True, True)


def _office(world: World, random: Random) -> Callable[[], AddressFacts]:
    provider = random.choice(world.access)
    router = provider.address()
    site = provider.site() if random.random() < 0.3 else 0
    floors = random.randrange(1, 5)

    def where() -> AddressFacts:
        if site and random.random() < 0.6:
            return provider.inside(site | random.randrange(floors) << 64, 64)
        return router

    return where


class Population:
    """Everybody with an account on the server.

    Attributes:
        accounts: all names there are.
        offices: where offices are, with how many people.
    """

    def __init__(self, world: World) -> None:
        random = world.random
        self.people: list[Person] = []
        self.offices: list[tuple[Callable[[], AddressFacts], int]] = []
        for number in range(OFFICES):
            where, size = _office(world, random), min(60, 2 + int(random.expovariate(1 / 11)))
            self.offices.append((where, size))
            for i in range(size):
                person = Person(world, f"person{i}@office{number}.test", where)
                if random.random() < 0.08:
                    person.begins = random.randrange(1, 30)
                elif random.random() < 0.03:
                    person.end(random.randrange(1, 30))
                self.people.append(person)
        self.people += [Person(world, f"me@alone{i}.test", None) for i in range(ALONE)]
        self.letters = [Newsletter(world, f"news@office{i}.test") for i in range(6)]
        self.accounts = [person.account for person in self.people]

    def day(self, day: int) -> Iterator[Try]:
        """What all do on a day, in no order."""
        for person in self.people:
            yield from person.day(day)
        for letter in self.letters:
            yield from letter.day(day)
