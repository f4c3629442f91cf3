"""Honest accounts of the simulation of stolen accounts: how people live with a mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.quality_visits import DAY, START, Map, Visit
from core.sources.facts import AddressFacts
from core.words import NetworkKind

DAYS = 30
SEED = 20_260_501

ACCOUNTS = {
    "one person, phone and computers": 1300,
    "travels abroad this month": 160,
    "travels, with a traveller pass": 30,
    "lives at a border": 60,
    "VPN service, one exit": 60,
    "VPN service, hops": 30,
    "company VPN, exempt": 30,
    "info@: several people": 150,
    "info@: two neighbouring countries": 40,
    "info@: offices far apart": 10,
    "Gmail fetches the mail": 50,
    "club or shop, sends to many": 80,
}
"""How many of each: 8 % of people are abroad in a month, 6 % use a VPN."""

ABROAD = ["ES", "IT", "AT", "FR", "NL", "GB", "PL", "TR", "GR", "US", "TH", "AE", "MA", "JP"]
NEIGHBOURS = [("DE", "AT"), ("DE", "FR"), ("LU", "DE"), ("CH", "DE"), ("BE", "NL")]


class Owner:
    """One account and the people behind it."""

    def __init__(self, world: Map, story: str, number: int) -> None:
        self.world, self.random, self.story = world, world.random, story
        self.account = f"{number}@story{list(ACCOUNTS).index(story)}.test"
        self.home = "DE" if self.random.random() < 0.8 else self.random.choice(["AT", "CH", "US"])
        people = self.random.randrange(3, 9) if story.startswith("info@") else 1
        self.places = [self._place(self.home) for _ in range(people)]
        self.second = ""
        if story in ("lives at a border", "info@: two neighbouring countries"):
            self.home, self.second = self.random.choice(NEIGHBOURS)
            self.places = [self._place(self.home), self._place(self.second)]
        if story == "info@: offices far apart":
            self.places = [self._place("DE"), self._place("US")]
        self.trip = (-1, -1)
        self.abroad = self.random.choice(ABROAD)
        if story.startswith("travels"):
            first = self.random.randrange(3, DAYS - 3)
            self.trip = (first, first + self.random.randrange(2, 12))
        self.leaves_on = self.random.random() < 0.35
        """A computer at home goes on asking for mail, or the phone goes out at home abroad."""
        self.usual_mails = self.random.expovariate(1 / 3)

    def _place(self, country: str) -> tuple[str, int, int]:
        """Country, provider at home, provider of the phone."""
        world = self.world
        return country, world.provider(country), world.provider(country, "mobile")

    def day(self, day: int) -> Iterator[Visit]:
        """What happens on a day."""
        random = self.random
        away = self.trip[0] <= day <= self.trip[1]
        for country, fixed, mobile in self.places:
            if self.second and random.random() < 0.3:
                continue
            for _ in range(random.randrange(4, 20)):
                at = START + day * DAY + random.uniform(6, 23) * 3600
                if away and not self.leaves_on:
                    continue
                asn = mobile if random.random() < 0.4 else fixed
                where = self.world.address(country, asn)
                if random.random() < 0.1:
                    where = self.world.address(country, self.world.provider(country))  # a café
                yield self._visit(at, where)
        if away:
            yield from self._journey(day)
        yield from self._services(day)
        if self.story == "club or shop, sends to many" and day in (6, 13, 20, 27):
            yield from self._letter(day)

    def _visit(self, at: float, where: AddressFacts, spared: bool = False) -> Visit:
        mails = 0
        if self.random.random() < 0.2:
            mails = min(25, int(self.random.expovariate(1 / (0.5 + self.usual_mails))))
        recipients = 1 + int(self.random.expovariate(0.9))
        return Visit(at, self.story, self.account, where, mails, recipients, 0, spared)

    def _journey(self, day: int) -> Iterator[Visit]:
        """Hotels and cafés abroad; on the first day from the afternoon on, after the flight."""
        random, spared = self.random, "pass" in self.story
        begins = 16.0 if day == self.trip[0] else 6.0
        hotel = self.world.provider(self.abroad)
        for _ in range(random.randrange(4, 12)):
            at = START + day * DAY + random.uniform(begins, 23) * 3600
            yield self._visit(at, self.world.address(self.abroad, hotel), spared)

    def _services(self, day: int) -> Iterator[Visit]:
        """VPNs, and Google on behalf of the person."""
        random = self.random
        if "VPN" in self.story and random.random() < 0.7:
            hops = "hops" in self.story
            kinds = () if "company" in self.story else (NetworkKind.ANONYMISER,)
            for _ in range(random.randrange(2, 10)):
                country = random.choice(["NL", "US", "CH", "SE", "SG"]) if hops else "NL"
                at = START + day * DAY + random.uniform(6, 23) * 3600
                where = self.world.address(country, 9009, kinds)
                yield self._visit(at, where, "company" in self.story)
        if "Gmail" in self.story:
            for hour in range(24):
                at = START + day * DAY + hour * 3600 + random.uniform(0, 3600)
                yield self._visit(at, self.world.address("US", 15169, (NetworkKind.RELAY,)), True)

    def _letter(self, day: int) -> Iterator[Visit]:
        """A letter to all members, from the third week on by somebody new to it."""
        if self.random.random() < 0.4:
            return
        at, (country, fixed, _) = START + day * DAY + 18 * 3600, self.places[0]
        for number in range(self.random.randrange(3, 12)):
            where = self.world.address(country, fixed)
            yield Visit(at + number * 120, self.story, self.account, where, 4, 20, 4)


class Owners:
    """All of them.

    Attributes:
        stories: how many accounts of each.
    """

    def __init__(self) -> None:
        world = Map(Random(SEED))
        self.stories = dict(ACCOUNTS)
        self._owners = [
            Owner(world, story, number)
            for story, count in ACCOUNTS.items()
            for number in range(count)
        ]

    def day(self, day: int) -> list[Visit]:
        """What all do on a day, in order."""
        visits = [visit for owner in self._owners for visit in owner.day(day)]
        return sorted(visits, key=lambda visit: visit.at)
