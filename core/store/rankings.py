"""The busiest: addresses and networks that are refused most, mailboxes most aimed at, senders."""

from __future__ import annotations

from math import gcd
from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import Connection, func, select

from core.store.database import Database
from core.store.event_filter import EventFilter
from core.store.kinds import Kind, KindFilter, Kinds
from core.store.rank_sums import SUMMED, Sum, Where, from_sums, is_ranked, summed_up
from core.store.schema import SLOT, events
from core.store.search import Search
from core.store.statistics import Group, Statistics, StatisticsFilter

SLOTS_OF_A_DAY: Final = 86400 // SLOT

MOST_OF_DOMAINS: Final = 60_000
"""Verdicts of domains that are read for one ranking, about."""

_KIND_WORDS: Final[tuple[Group, ...]] = ("stage", "verdict", "reason", "would")

HOUR: Final = 3600

Field = Literal["address", "asn", "account", "domain", "country"]
"""What can be ranked."""


class RankingFilter(KindFilter, frozen=True, kw_only=True):
    """What a ranking counts.

    Attributes:
        since: from this second on; the hour that it lies in counts whole.
        until: before this second; likewise.
        domains: the only domains; None for the whole server, empty for nothing.
    """

    since: float
    until: float
    domains: frozenset[str] | None = None


class Rank(Struct, frozen=True):
    """One line of a ranking.

    Attributes:
        key: the address, number of the network, login name, domain or country code, as text.
        count: verdicts.
        events: events that they are: fewer, where equal ones came within a minute. 0 for
            countries and domains, of which only verdicts are counted.
        last: when the last of them was, seconds since 1970; 0.0 when no event tells any more.
        country, asn: where the last of them came from; "" and 0 when unknown.
    """

    key: str
    count: int
    events: int
    last: float
    country: str
    asn: int


class Rankings:
    """The rankings of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds
        self._statistics = Statistics(database, kinds)

    def top(self, field: Field, wanted: RankingFilter, limit: int = 10) -> list[Rank]:
        """The busiest that fit, the busiest first.

        Countries and domains rank with all their verdicts; countries within domains by whole days
        of UTC. Addresses, networks and accounts rank
        with what is hostile: refusals, watched refusals and wrong passwords; accounts with the
        mails that they sent, too. Of four hours that are over, only the 100 busiest of the server
        are known. Where many domains are wanted and there is too much to read, some hours stand
        for all, and counts are estimates.

        Args:
            field: what is ranked. Events in which it is unknown do not count.
            wanted: the filter.
            limit: how many at most.

        Raises:
            StoreError: the store cannot be read.
        """
        if field in ("country", "domain"):
            sums = self._counted(field, wanted)
        else:
            with self._database.reading() as connection:
                sums = self._summed(connection, field, wanted)
        sums.sort(key=lambda one: (-one[1], one[0]))
        with self._database.reading() as connection:
            known = self._kinds.known(connection)
            return [self._rank(connection, known, field, wanted, one) for one in sums[:limit]]

    def _counted(self, field: Literal["country", "domain"], wanted: RankingFilter) -> list[Sum]:
        """Sums that the statistics know."""
        totals = self._statistics.totals(_counting(wanted), (field,))
        return [(str(total.key[0]), total.count, 0, 0.0) for total in totals if total.key[0]]

    def _summed(self, connection: Connection, field: Field, wanted: RankingFilter) -> list[Sum]:
        """Sums of slots that are summed up, and of the events of the others."""
        known = self._kinds.known(connection)
        kinds = [n for n, kind in known.items() if is_ranked(field, kind) and wanted.takes(kind)]
        first, end = wanted.since // HOUR * HOUR, -(-wanted.until // HOUR) * HOUR
        slots = _slots(connection, first, end)
        if not slots or not kinds or (wanted.domains is not None and not wanted.domains):
            return []
        if wanted.domains is not None:
            every = self._sparsely(field, wanted, known)
            read = Where(slots[::every], field, kinds, first, end, wanted.domains).read(connection)
            return [(key, tally * every, parts * every, last) for key, tally, parts, last in read]
        whole = range(-int(-first // SLOT), int(end // SLOT))
        done = summed_up(connection, whole)
        live = [slot for slot in slots if slot not in done]
        together: dict[str, Sum] = {}
        for key, tally, parts, last in (
            *from_sums(connection, sorted(done), field, kinds),
            *Where(live, field, kinds, first, end).read(connection),
        ):
            _, more, more_parts, latest = together.get(key, (key, 0, 0, 0.0))
            together[key] = (key, tally + more, parts + more_parts, max(last, latest))
        return list(together.values())

    def _sparsely(self, field: Field, wanted: RankingFilter, known: dict[int, Kind]) -> int:
        """Which slots are looked at: every one, or every so many when there is too much."""
        ranked = {
            (kind.stage, kind.verdict, kind.reason, kind.would)
            for kind in known.values()
            if is_ranked(field, kind)
        }
        totals = self._statistics.totals(_counting(wanted), _KIND_WORDS)
        count = sum(total.count for total in totals if total.key in ranked)
        every = max(1, -(-count // MOST_OF_DOMAINS))
        while gcd(every, SLOTS_OF_A_DAY) > 1:  # else it would always be the same hours of the day
            every += 1
        return every

    def _rank(
        self,
        connection: Connection,
        known: dict[int, Kind],
        field: Field,
        wanted: RankingFilter,
        one: Sum,
    ) -> Rank:
        """The line, with what its newest event tells."""
        key, tally, parts, last = one
        of_key: dict[str, Any] = {field: int(key) if field == "asn" else key}
        if field in ("country", "domain"):
            of_key = {"countries": frozenset({key})} if field == "country" else {}
        domains = frozenset({key}) if field == "domain" else wanted.domains
        newest = EventFilter(
            since=wanted.since // HOUR * HOUR,
            until=-(-wanted.until // HOUR) * HOUR,
            domains=domains,
            **of_key,
        )
        kinds = [n for n, kind in known.items() if wanted.takes(kind)]
        kinds = [n for n in kinds if field not in SUMMED or is_ranked(field, known[n])]
        # Whoever ranks high has been there lately: its own index finds that at once.
        rows = Search(connection, newest, kinds, f"events_{field}").rows(1)
        if not rows:
            return Rank(key, tally, parts, last, "", 0)
        (row,) = rows
        return Rank(key, tally, parts, max(last, row.last), row.country, row.asn)


def _counting(wanted: RankingFilter) -> StatisticsFilter:
    """The same for the statistics."""
    words = {name: getattr(wanted, name) for name in KindFilter.__struct_fields__}
    return StatisticsFilter(since=wanted.since, until=wanted.until, domains=wanted.domains, **words)


def _slots(connection: Connection, first: float, end: float) -> range:
    """The slots that a period touches, as far as there are events."""
    oldest = connection.execute(select(func.min(events.c.at))).scalar()
    latest = connection.execute(select(func.max(events.c.at))).scalar()
    if oldest is None or latest is None:
        return range(0)
    begin, stop = max(first, oldest), min(end, latest + 1.0)
    return range(int(begin // SLOT), -int(-stop // SLOT))
