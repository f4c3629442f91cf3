"""A store as a busy hosting server has it after a month: what pages and searches are measured on.

Drawn from one seed, so that every run measures the same; only the clock is that of today. Most
logins come from the three home countries, attackers from everywhere, and mailboxes, domains and
attackers are as unequal as in real life.
"""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from random import Random

from msgspec import Struct
from rich.progress import Progress

from core.net.countries import CODES
from core.store.block import Block
from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

DOMAINS = 500
MAILBOXES = 20_000
ATTACKERS = 60_000
DAYS = 30
HOURS = DAYS * 24
BLOCKS = 300
FRESH_SECONDS = 12 * 3600.0
"""A store that ended longer ago is built anew: pages ask for the last hours."""

VERSION = 3
"""Grows when the data change, so that nobody measures those of before."""

HOME = ("DE", "AT", "CH")
HOME_SHARE = (0.7, 0.9, 1.0)
RHYTHM = (5, 4, 4, 4, 5, 8, 20, 44, 68, 72, 68, 64, 52, 60, 66, 64, 60, 52, 40, 36, 32, 24, 14, 8)
GUESSES = ("info", "admin", "test", "office", "sales", "support", "mail", "contact", "root", "user")


class Person(Struct, frozen=True):
    """A mailbox and where it is used from.

    Attributes:
        account, domain: its names.
        country: where it is at home.
        away: a second country that it is used from now and then, "" for none.
        addresses: two at home and one away.
        asn: the network at home.
    """

    account: str
    domain: str
    country: str
    away: str
    addresses: tuple[str, str, str]
    asn: int


class Attacker(Struct, frozen=True):
    """An address that tries to get in, and when it does."""

    address: str
    country: str
    asn: int
    first: int
    last: int


def domains() -> list[str]:
    """The names of all domains, the one with most mailboxes first."""
    return [f"customer{number:03}.example" for number in range(DOMAINS)]


def mailboxes() -> list[str]:
    """The names of all mailboxes, each domain's together."""
    return [person.account for person in _people(Random(1))]


def filled_store(path: Path, events: int = 5_000_000) -> Path:
    """Make the store, or take it as it is when it was made within half a day.

    Args:
        path: the SQLite file.
        events: how many events it holds, about.

    Returns:
        The path.
    """
    mark = path.with_name(path.name + ".made")
    said = f"{VERSION} {events}"
    fresh = mark.exists() and time.time() - mark.stat().st_mtime < FRESH_SECONDS
    if fresh and mark.read_text() == said and path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("", "-wal", "-shm", ".made"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    fill(f"sqlite:///{path}", events)
    mark.write_text(said)
    return path


def fill(url: str, events: int, until: float | None = None) -> None:
    """Write the month into an empty store.

    Args:
        url: of the store.
        events: how many events, about.
        until: when the month ends, seconds since 1970; now if left out.
    """
    end = time.time() if until is None else until
    month = _Month(Random(1), end)
    with closing(Store.open(url)) as store, Progress(transient=True) as progress:
        bar = progress.add_task(f"a month of {events:,} events", total=HOURS)
        for hour in range(HOURS):
            store.record(list(month.hour(hour, events)))
            if hour % 24 == 23 or hour == HOURS - 1:
                _keep(store, end - (HOURS - 1 - hour) * 3600.0)
            progress.advance(bar)
        store.blocks.opened(*month.blocks())


def _keep(store: Store, now: float) -> None:
    """What the daemon has done every hour."""
    while store.retention.step(now, events_days=365, statistics_days=365):
        pass


class _Month:
    """Draws what happens, hour by hour."""

    def __init__(self, random: Random, end: float) -> None:
        self._random = random
        self._start = end - HOURS * 3600.0
        self._people = _people(random)
        # Half of what happens is done by a sixth of the mailboxes.
        self._weights = list(accumulate(1 / (n + 400) ** 0.8 for n in range(MAILBOXES)))
        random.shuffle(self._people)
        self._attackers = _attackers(random)
        self._rhythm = sum(RHYTHM) / 24

    def hour(self, number: int, events: int) -> Iterator[Event]:
        """The events of an hour, in order of time."""
        start = self._start + number * 3600.0
        share = events / HOURS
        busy = RHYTHM[int(start // 3600) % 24] / self._rhythm
        active = [one for one in self._attackers if one.first <= number <= one.last]
        moments = [(0.7 * share * busy, self._act), (0.3 * share, self._attack)]
        drawn = [
            (start + self._random.random() * 3600.0, act)
            for many, act in moments
            for _ in range(round(many))
        ]
        drawn.sort(key=lambda item: item[0])
        for at, act in drawn:
            yield act(at, active)

    def blocks(self) -> list[Block]:
        """Accounts that sent too much."""
        found = []
        for number in range(BLOCKS):
            started = self._start + (number + 0.5) * HOURS * 3600.0 / BLOCKS
            account = self._random.choice(self._people).account
            until = started + 21_600
            found.append(
                Block(
                    account=account,
                    started=started,
                    until=until,
                    seconds=21_600,
                    reason="send_limit",
                )
            )
        return found

    def _act(self, at: float, _: list[Attacker]) -> Event:
        """Somebody reads or sends mail."""
        random = self._random
        person = self._people[bisect(self._weights, random.random() * self._weights[-1])]
        away = person.away and random.random() < 0.05
        draw = random.random()
        stage, service, reason = Stage.AUTH, Service.IMAPS, Reason.LOGIN_OK
        if draw > 0.75:
            stage, service, reason = Stage.SEND, Service.SUBMISSION, Reason.NOTHING_AGAINST
        elif draw > 0.6:
            service, reason = Service.SUBMISSION, Reason.NOTHING_AGAINST
        elif draw > 0.45:
            stage, service, reason = Stage.CONNECT, Service.SUBMISSION, Reason.NOTHING_AGAINST
        elif draw > 0.35:
            service = Service.POP3S
        known = stage is not Stage.CONNECT
        return Event(
            at=at,
            last=at,
            stage=stage,
            service=service,
            verdict=Verdict.ALLOW,
            reason=reason,
            check="",
            address=person.addresses[2 if away else random.random() < 0.3],
            country=person.away if away else person.country,
            asn=60000 if away else person.asn,
            account=person.account if known else "",
            domain=person.domain if known else "",
            queue_id=f"4{int(at * 1000) & 0xFFFFFFFFF:X}" if stage is Stage.SEND else "",
            recipients=1 + (random.random() < 0.1) * 3 if stage is Stage.SEND else 0,
        )

    def _attack(self, at: float, active: list[Attacker]) -> Event:
        """Somebody tries to get in; a tenth of them do most of it."""
        random = self._random
        one = active[int(len(active) * random.random() ** 2.5)]
        draw = random.random()
        stage, verdict, reason = Stage.CONNECT, Verdict.DENY, Reason.COUNTRY
        if draw > 0.85:
            stage, verdict, reason = Stage.AUTH, Verdict.ALLOW, Reason.LOGIN_FAILED
        elif draw > 0.6:
            stage = Stage.AUTH
        elif draw > 0.4:
            reason = Reason.NETWORK_ATTACKER
        account = domain = ""
        if stage is Stage.AUTH:
            person = random.choice(self._people)
            guess = f"{random.choice(GUESSES)}@{person.domain}"
            account, domain = person.account if random.random() < 0.3 else guess, person.domain
        service = Service.SUBMISSION if random.random() < 0.6 else Service.IMAPS
        tally = 1 + int(random.random() ** 6 * 40)
        return Event(
            at=at,
            last=at + (tally > 1) * 30.0,
            count=tally,
            stage=stage,
            service=service,
            verdict=verdict,
            reason=reason,
            check="" if verdict is Verdict.ALLOW else str(reason).partition("_")[0],
            address=one.address,
            country=one.country,
            asn=one.asn,
            account=account,
            domain=domain,
        )


def _people(random: Random) -> list[Person]:
    names = domains()
    sizes = [1 / (number + 20) for number in range(DOMAINS)]
    whole = sum(sizes)
    counts = [max(1, round(size / whole * MAILBOXES)) for size in sizes]
    counts[0] += MAILBOXES - sum(counts)
    return [
        _person(random, f"user{number:04}", domain)
        for domain, count in zip(names, counts, strict=True)
        for number in range(count)
    ]


def _person(random: Random, name: str, domain: str) -> Person:
    country = HOME[bisect(HOME_SHARE, random.random())]
    away = (
        random.choice(("FR", "IT", "ES", "NL", "US", "GB", "GR")) if random.random() < 0.3 else ""
    )
    addresses = tuple(
        f"{first}.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        for first in (84, 91, 151)
    )
    return Person(
        f"{name}@{domain}",
        domain,
        country,
        away,
        (addresses[0], addresses[1], addresses[2]),
        3000 + random.randrange(40),
    )


def _attackers(random: Random) -> list[Attacker]:
    codes = sorted(CODES)
    weights = [1 / (n + 3) for n in range(len(codes))]
    random.shuffle(codes)
    countries = random.choices(codes, weights, k=ATTACKERS)
    found = []
    for country in countries:
        first = random.randrange(-48, HOURS)
        stay = int(random.paretovariate(0.8) * 6)
        if random.random() < 0.2:
            address = f"2001:db8:{random.randrange(65536):x}::{random.randrange(1, 65536):x}"
        else:
            address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        asn = 10000 + int(random.random() ** 3 * 3000)
        found.append(Attacker(address, country, asn, first, min(first + stay, 10 * HOURS)))
    found[0] = Attacker("203.0.113.7", "KP", 64500, 0, HOURS)  # somebody always tries
    return found
