"""Stolen accounts of the simulation: how thieves use a password that they have."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from bench.quality_visits import DAY, START, Map, Visit
from core.words import NetworkKind

SEED = 20_260_502
EACH = 60
"""Thefts of each kind."""

PAST = 30
"""Days that are known of an account before it is stolen."""

WORLD = ["VN", "BR", "IN", "NG", "ID", "RU", "CN", "US", "MX", "TR", "AR", "ZA", "EG", "PK"]


class Theft(NamedTuple):
    """One stolen account.

    Attributes:
        story: how it is used.
        home: countries that it is known from.
        before: its own logins.
        visits: the thief's, with the owner's in between.
    """

    story: str
    home: tuple[str, ...]
    before: list[Visit]
    visits: list[Visit]


class Thief:
    """One thief and one victim."""

    def __init__(self, world: Map, story: str, number: int) -> None:
        self.world, self.random, self.story = world, world.random, story
        self.account = f"{number}@{abs(hash(story)) % 997}.stolen.test"
        self.fixed, self.mobile = world.provider("DE"), world.provider("DE", "mobile")
        self.begins = START + PAST * DAY + self.random.uniform(0, DAY)

    def owner(self, first: int, last: int) -> Iterator[Visit]:
        """The owner's own use, from one day to another."""
        for day in range(first, last):
            for _ in range(self.random.randrange(4, 14)):
                at = START + day * DAY + self.random.uniform(6, 23) * 3600
                asn = self.mobile if self.random.random() < 0.4 else self.fixed
                where = self.world.address("DE", asn)
                mails = self.random.choice([0, 0, 0, 0, 1, 2])
                yield Visit(at, self.story, self.account, where, mails)

    def use(self) -> Iterator[Visit]:
        """How the thief uses it."""
        yield from getattr(self, _USES[self.story])()

    def _spam(
        self, seconds: float, count: int, countries: list[str], *, cloud: bool = False, dead: int
    ) -> Iterator[Visit]:
        """Mails at an even pace, each from the next place."""
        kinds = (NetworkKind.CLOUD,) if cloud else ()
        places = [
            (country, self.world.provider(country, "cloud" if cloud else "access"))
            for country in countries
        ]
        for number in range(count):
            country, asn = places[number % len(places)]
            where = self.world.address(country, asn, kinds)
            at = self.begins + number * seconds
            yield Visit(at, self.story, self.account, where, 1, 1, dead)

    def botnet(self) -> Iterator[Visit]:
        countries = [self.random.choice(WORLD) for _ in range(40)]
        yield from self._spam(2.0, 2000, countries, dead=30)

    def one(self) -> Iterator[Visit]:
        yield from self._spam(0.2, 3000, [self.random.choice(WORLD)], dead=35)

    def slow(self) -> Iterator[Visit]:
        yield from self._spam(6.0, 2000, [self.random.choice(WORLD)], dead=35)

    def rented(self) -> Iterator[Visit]:
        yield from self._spam(10.0, 2000, ["DE"], cloud=True, dead=35)

    def neighbour(self) -> Iterator[Visit]:
        yield from self._spam(5.0, 2000, ["DE"], dead=35)

    def drip(self) -> Iterator[Visit]:
        yield from self._spam(150.0, 500, ["DE"], dead=5)

    def reader(self) -> Iterator[Visit]:
        """Reads other people's mail and sends one, to a bookkeeper."""
        where = self.world.address("NG", self.world.provider("NG"))
        for number in range(40):
            at = self.begins + number * 1800
            mails = int(number == 20)
            yield Visit(at, self.story, self.account, where, mails)


_USES = {
    "botnet, a mail from each country": "botnet",
    "one place abroad, 5 a second": "one",
    "one place abroad, 10 a minute": "slow",
    "rented server at home, 6 a minute": "rented",
    "bot at home, 12 a minute": "neighbour",
    "bot at home, 24 an hour": "drip",
    "reads abroad, sends one": "reader",
}


def thefts() -> Iterator[Theft]:
    """All of them."""
    world = Map(Random(SEED))
    for story in _USES:
        for number in range(EACH):
            thief = Thief(world, story, number)
            before = [v for v in thief.owner(0, PAST + 1) if v.at < thief.begins]
            during = [*thief.use(), *(v for v in thief.owner(PAST, PAST + 3))]
            visits = sorted((v for v in during if v.at >= thief.begins), key=lambda visit: visit.at)
            yield Theft(story, ("DE",), sorted(before, key=lambda v: v.at), visits)
