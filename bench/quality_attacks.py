"""Attackers of the simulation, as postmasters describe them (facts/performance.md 7).

How many tries an attacker makes, and how fast, is drawn from wide distributions; nothing here knows
what the judge counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from bench.quality_people import Population
from bench.quality_world import DAY, START, Try, World
from core.sources.facts import AddressFacts

NAMES = (
    "info", "office", "admin", "sales", "mail", "contact", "test", "webmaster", "support", "anna",
    "peter", "scan", "backup",
)  # fmt: skip

DAYS = 30


class Attackers:
    """All campaigns of the month."""

    def __init__(self, world: World, population: Population) -> None:
        self._world, self._random = world, world.random
        self._population = population
        self._number = 0
        self.days: list[list[Try]] = [[] for _ in range(DAYS)]
        for campaign in (
            self._fast,
            self._one_account,
            self._patient,
            self._botnet_names,
            self._botnet_accounts,
            self._botnet_slow,
            self._rotate_64,
            self._rotate_48,
            self._rotate_24,
            self._stuffing,
            self._bad_provider,
            self._infected,
        ):
            for each in campaign():
                day = int((each.at - START) // DAY)
                if 0 <= day < DAYS:
                    self.days[day].append(each)

    # parts

    def _victim(self, known: float) -> str:
        """An account: one that exists with that probability, else a name made up."""
        random, accounts = self._random, self._population.accounts
        if random.random() < known:
            return random.choice(accounts)
        domain = random.choice(accounts).partition("@")[2]
        return f"{random.choice(NAMES)}{random.choice(['', '', '1', '2', '.de'])}@{domain}"

    def _guess(self, at: float, story: str, where: AddressFacts, account: str) -> Try:
        self._number += 1
        sends = self._random.random() < 0.6
        return Try(at, story, True, where, account, f"x{self._number}", False, sends)

    def _some(self, mean: float) -> int:
        """A number of tries: most are few, some are very many."""
        return max(1, int(self._random.lognormvariate(0, 1) * mean / 1.65))

    def _moment(self) -> float:
        return START + self._random.uniform(0, DAYS * DAY)

    def _run(
        self,
        story: str,
        where: Callable[[], AddressFacts],
        tries: int,
        gap: float,
        victim: Callable[[], str],
    ) -> Iterator[Try]:
        at = self._moment()
        for _ in range(tries):
            at += self._random.expovariate(1 / gap)
            yield self._guess(at, story, where(), victim())

    # campaigns

    def _fast(self) -> Iterator[Try]:
        for _ in range(120):
            bot = self._world.bot()
            known = self._random.uniform(0, 0.6)
            yield from self._run(
                "one address, fast",
                lambda bot=bot: bot,  # type: ignore[misc]  # mypy cannot infer it
                self._some(700),
                self._random.uniform(0.2, 20),
                lambda known=known: self._victim(known),  # type: ignore[misc]
            )

    def _one_account(self) -> Iterator[Try]:
        for _ in range(25):
            bot, victim = self._world.bot(), self._victim(0.9)
            yield from self._run(
                "one address, one account",
                lambda bot=bot: bot,  # type: ignore[misc]
                self._some(1500),
                self._random.uniform(0.5, 30),
                lambda victim=victim: victim,  # type: ignore[misc]
            )

    def _patient(self) -> Iterator[Try]:
        for _ in range(60):
            bot = self._world.bot()
            yield from self._run(
                "one address, a try in hours",
                lambda bot=bot: bot,  # type: ignore[misc]
                self._some(250),
                self._random.uniform(1000, 10_000),
                lambda: self._victim(0.4),
            )

    def _botnet(
        self, story: str, addresses: int, gap: float, victim: Callable[[], str]
    ) -> Iterator[Try]:
        """Each address makes three tries: half of them a quarter of an hour apart, half anywhen."""
        random = self._random
        begins = START + random.uniform(0, 3) * DAY
        length = 3 * addresses * gap
        for number in range(addresses):
            bot = self._world.bot()
            at = begins + random.uniform(0, length)
            for _ in range(3):
                yield self._guess(at, story, bot, victim())
                at += random.expovariate(1 / 900)
                if number % 2:
                    at = begins + random.uniform(0, length)

    def _botnet_names(self) -> Iterator[Try]:
        yield from self._botnet("botnet 2000 x 3, all names", 2000, 240, lambda: self._victim(0.3))

    def _botnet_accounts(self) -> Iterator[Try]:
        victims = [self._victim(0.7) for _ in range(40)]
        yield from self._botnet(
            "botnet 2000 x 3, 40 accounts", 2000, 240, lambda: self._random.choice(victims)
        )

    def _botnet_slow(self) -> Iterator[Try]:
        victim = self._victim(1)
        yield from self._botnet("botnet, one account, 15 minutes", 900, 900, lambda: victim)

    def _rotate_64(self) -> Iterator[Try]:
        for _ in range(20):
            provider = self._random.choice(self._world.hosting)
            net = provider.site() | self._random.getrandbits(16) << 64
            yield from self._run(
                "IPv6, changing in a /64",
                lambda provider=provider, net=net: provider.inside(net, 64),  # type: ignore[misc]
                self._some(700),
                self._random.uniform(1, 300),
                lambda: self._victim(0.5),
            )

    def _rotate_48(self) -> Iterator[Try]:
        for _ in range(12):
            provider = self._random.choice(self._world.hosting)
            site = provider.site()
            yield from self._run(
                "IPv6, changing in a /48",
                lambda provider=provider, site=site: provider.inside(site, 80),  # type: ignore[misc]
                self._some(1200),
                self._random.uniform(1, 300),
                lambda: self._victim(0.5),
            )

    def _rotate_24(self) -> Iterator[Try]:
        for _ in range(15):
            provider = self._random.choice(self._world.hosting)
            network = self._random.choice(provider.networks)
            yield from self._run(
                "IPv4, changing in a /24",
                lambda provider=provider, network=network: provider.address(network),  # type: ignore[misc]
                self._some(900),
                self._random.uniform(1, 300),
                lambda: self._victim(0.5),
            )

    def _stuffing(self) -> Iterator[Try]:
        """Leaked pairs of account and password, tried once each; a few are right."""
        for _ in range(400):
            bot = self._world.bot()
            for each in self._run(
                "leaked passwords",
                lambda bot=bot: bot,  # type: ignore[misc]
                self._some(12),
                self._random.uniform(10, 2000),
                lambda: self._victim(0.6),
            ):
                right = self._random.random() < 0.004 and each.account.startswith(("me", "person"))
                yield each._replace(right=right)

    def _bad_provider(self) -> Iterator[Try]:
        provider = max(self._world.hosting, key=lambda each: len(each.networks))
        for network in provider.networks:
            for _ in range(self._random.randrange(1, 12)):
                bot = provider.address(network)
                yield from self._run(
                    "a provider full of attackers",
                    lambda bot=bot: bot,  # type: ignore[misc]
                    self._some(60),
                    self._random.uniform(10, 3000),
                    lambda: self._victim(0.4),
                )

    def _infected(self) -> Iterator[Try]:
        """A machine inside an office guesses from behind its router: everybody's address there."""
        random: Random = self._random
        for where, _ in random.sample(self._population.offices, 3):
            yield from self._run(
                "a machine in an office", where, self._some(500), 30, lambda: self._victim(0.4)
            )
