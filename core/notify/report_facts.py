"""What a report tells: counts, attackers, blocks, and what needs a decision, read from the store.

Knows neither language nor layout. The words are those of the domain; a person's words for them are
chosen later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from core.notify.report_period import Period
from core.settings.account import domain_of
from core.settings.scope import Resolved, Scope
from core.store.blocks import BlockFilter, PastBlock
from core.store.event_filter import EventFilter
from core.store.kinds import PASSED, Outcome, outcome
from core.store.rankings import Rank, RankingFilter
from core.store.statistics import Group, StatisticsFilter
from core.store.store import Store
from core.words import Stage

TOP: Final = 5
"""Lines of a table of the busiest."""

MOST_BLOCKS: Final = 20
"""Blocks that are told one by one."""

COUNTED_BLOCKS: Final = 1000
"""Blocks that are counted at most."""

MOST_PASSES: Final = 20

PASS_DAYS: Final = 8
"""A pass that ends within so many days will end before the next report or soon after it."""

DAY: Final = 86_400

LOGIN_STAGES: Final = frozenset({Stage.CONNECT, Stage.AUTH})

Namer = Callable[[str], str]
"""Tells who runs the network that an address is in, "" when that is not known."""


class Sums(Struct):
    """What was counted; one session may count at each of its stages.

    Attributes:
        allowed: logins and connections let through, and no watching check was against it.
        refused: refused logins and connections.
        watched: let through, though a check that only watches would have refused it.
        failed: wrong passwords.
        mails: mails accepted from accounts.
        held: mails refused because their account was blocked.
        blocks: accounts that were blocked.
    """

    allowed: int = 0
    refused: int = 0
    watched: int = 0
    failed: int = 0
    mails: int = 0
    held: int = 0
    blocks: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nobody has asked anything."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


class Busy(Struct, frozen=True):
    """One of the busiest: a country's code, a network's number, or an account.

    Attributes:
        key: which.
        count: attempts: refused, watched, or with a wrong password.
        name: who runs the network, "" when that is not known.
    """

    key: str
    count: int
    name: str = ""


class Watched(Struct, frozen=True):
    """What a check that only watches would have refused: the reason, and how often."""

    reason: str
    count: int


class EndingPass(Struct, frozen=True):
    """A traveller pass that ends soon: where it counts, the country, and when it ends."""

    scope: Scope
    country: str
    expires: float


class Report(Struct, frozen=True, kw_only=True):
    """Everything that a report tells.

    Attributes:
        domain: which domain it is about, "" for the whole server.
        period: which days.
        now: when it was made, seconds since 1970.
        sums: what was counted.
        before: the same for the period before, None where nothing was counted then.
        countries, networks, mailboxes: the busiest attackers and targets.
        blocks: the blocks that began, the newest first, up to `MOST_BLOCKS`.
        watched: what would have been refused, the most first.
        passes: that end soon, the first of them first.
        problems: what is wrong with Mailward now, part and text; only for the whole server.
    """

    domain: str
    period: Period
    now: float
    sums: Sums
    before: Sums | None = None
    countries: tuple[Busy, ...] = ()
    networks: tuple[Busy, ...] = ()
    mailboxes: tuple[Busy, ...] = ()
    blocks: tuple[PastBlock, ...] = ()
    watched: tuple[Watched, ...] = ()
    passes: tuple[EndingPass, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing that anybody has to know."""
        sums = self.sums
        noise = sums.refused or sums.watched or sums.failed or sums.held or sums.blocks
        return not (noise or self.passes or self.problems)


def gather(
    store: Store,
    rules: Resolved,
    period: Period,
    former: Period,
    now: float,
    *,
    domain: str = "",
    problems: Iterable[tuple[str, str]] = (),
    namer: Namer = lambda _: "",
) -> Report:
    """Read what a report tells. May take seconds.

    Args:
        store: where it is counted.
        rules: the settings in force.
        period: which days.
        former: the days before, to compare with.
        now: seconds since 1970.
        domain: which domain; "" for the whole server.
        problems: what is wrong with Mailward now, part and text.
        namer: knows networks.

    Raises:
        StoreError: the store cannot be read.
    """
    domains = frozenset({domain}) if domain else None
    sums, blocks = _sums(store, period, domains)
    before, _ = _sums(store, former, domains)
    return Report(
        domain=domain,
        period=period,
        now=now,
        sums=sums,
        before=None if before.is_nothing else before,
        countries=_countries(store, period, domains),
        networks=tuple(
            _network(store, rank, period, namer) for rank in _top(store, "asn", period, domains)
        ),
        mailboxes=tuple(Busy(r.key, r.count) for r in _top(store, "account", period, domains)),
        blocks=tuple(blocks[:MOST_BLOCKS]),
        watched=_watched(store, period, domains),
        passes=_passes(rules, domain, now),
        problems=() if domain else tuple(problems),
    )


def _counting(period: Period, domains: frozenset[str] | None) -> StatisticsFilter:
    return StatisticsFilter(since=period.since, until=period.until, domains=domains)


def _sums(
    store: Store, period: Period, domains: frozenset[str] | None
) -> tuple[Sums, list[PastBlock]]:
    groups: tuple[Group, ...] = ("stage", "verdict", "reason", "would")
    sums = Sums()
    for total in store.statistics.totals(_counting(period, domains), groups):
        stage, verdict, reason, would = map(str, total.key)
        _add(sums, stage, verdict, reason, would, total.count)
    begun = BlockFilter(domains=domains, since=period.since, until=period.until)
    blocks = store.blocks.history(begun, COUNTED_BLOCKS)
    sums.blocks = len(blocks)
    return sums, blocks


def _add(sums: Sums, stage: str, verdict: str, reason: str, would: str, count: int) -> None:
    came, is_mail = outcome(verdict, reason, would), stage == Stage.SEND
    if is_mail and came in PASSED:
        sums.mails += count
    if came is Outcome.BLOCKED:
        sums.held += count
    elif came is not Outcome.ALLOWED or not is_mail:
        setattr(sums, came, getattr(sums, came) + count)


def _countries(store: Store, period: Period, domains: frozenset[str] | None) -> tuple[Busy, ...]:
    """The countries with the most attempts. Of a domain, whole days of UTC are counted."""
    wanted = StatisticsFilter(
        since=period.since, until=period.until, domains=domains, stages=LOGIN_STAGES
    )
    found: Counter[str] = Counter()
    for total in store.statistics.totals(wanted, ("country", "verdict", "reason", "would")):
        country, verdict, reason, would = map(str, total.key)
        if outcome(verdict, reason, would) is not Outcome.ALLOWED:
            found[country] += total.count
    return tuple(Busy(country, count) for country, count in found.most_common(TOP))


def _top(store: Store, field: str, period: Period, domains: frozenset[str] | None) -> list[Rank]:
    """The networks or accounts with the most attempts."""
    stages = LOGIN_STAGES if field == "asn" else frozenset({Stage.AUTH})
    wanted = RankingFilter(since=period.since, until=period.until, domains=domains, stages=stages)
    return store.rankings.top("asn" if field == "asn" else "account", wanted, TOP)


def _network(store: Store, rank: Rank, period: Period, namer: Namer) -> Busy:
    number = int(rank.key)
    seen = store.events.find(EventFilter(asn=number, since=period.since, until=period.until), 1)
    return Busy(rank.key, rank.count, namer(seen[0].address) if seen else "")


def _watched(store: Store, period: Period, domains: frozenset[str] | None) -> tuple[Watched, ...]:
    wanted = StatisticsFilter(since=period.since, until=period.until, domains=domains, would=True)
    found = [
        Watched(str(total.key[0]), total.count)
        for total in store.statistics.totals(wanted, ("would",))
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.reason)))


def _passes(rules: Resolved, domain: str, now: float) -> tuple[EndingPass, ...]:
    soon = now + PASS_DAYS * DAY
    found = [
        EndingPass(scope, each.country, each.expires)
        for scope, own in rules.overrides.items()
        if rules.counts(scope) and (not domain or _domain(scope) == domain)
        for each in own.get("country.passes", ())
        if now < each.expires <= soon
    ]
    return tuple(sorted(found, key=lambda each: (each.expires, each.scope))[:MOST_PASSES])


def _domain(scope: Scope) -> str:
    return domain_of(scope.name) if scope.level == "mailbox" else scope.name
