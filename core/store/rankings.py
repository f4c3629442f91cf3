"""The busiest: addresses and networks that are refused most, mailboxes most aimed at, senders."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import Select, func, select

from core.store.database import Database
from core.store.kinds import KindFilter, Kinds
from core.store.packed_address import unpack
from core.store.schema import events

HOUR: Final = 3600

Field = Literal["address", "asn", "account", "domain", "country"]
"""What can be ranked."""

Query = Select[*tuple[Any, ...]]

_e = events.c


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
        events: events that they are; fewer, where equal ones came within a minute.
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

    def top(self, field: Field, wanted: RankingFilter, limit: int = 10) -> list[Rank]:
        """The busiest that fit, the busiest first.

        Args:
            field: what is ranked. Events in which it is unknown do not count.
            wanted: the filter.
            limit: how many at most.

        Raises:
            StoreError: the store cannot be read.
        """
        column = _e[field]
        query: Query = (
            select(
                column.label("key"),
                func.sum(_e.tally).label("verdicts"),
                func.count().label("events"),
                func.max(_e.last).label("last"),
            )
            .where(_e.at >= wanted.since // HOUR * HOUR, _e.at < -(-wanted.until // HOUR) * HOUR)
            .where(column != (0 if field == "asn" else b"" if field == "address" else ""))
            .group_by(column)
            .order_by(func.sum(_e.tally).desc(), column)
            .limit(limit)
        )
        if wanted.domains is not None:
            query = query.where(_e.domain.in_(wanted.domains))
        with self._database.reading() as connection:
            if wanted.asks_for_kinds():
                known = self._kinds.known(connection)
                query = query.where(_e.kind.in_([n for n, k in known.items() if wanted.takes(k)]))
            ranks = []
            for row in connection.execute(query).all():
                newest = (
                    select(_e.country, _e.asn)
                    .where(column == row.key)
                    .order_by(_e.at.desc(), _e.id.desc())
                    .limit(1)
                )
                found = connection.execute(newest).one()
                key = unpack(row.key) if field == "address" else str(row.key)
                ranks.append(
                    Rank(key, int(row.verdicts), row.events, row.last, found.country, found.asn)
                )
        return ranks
