"""A stretch of one table of statistics, and how it is summed up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from core.store.schema import daily, domain_countries, domain_hourly, domain_weekly, hourly
from core.store.weeks import LENGTH, DaySpan, numbers

DAY: Final = 24
"""Hours in a day."""

WEEK: Final = range(LENGTH)
"""The days of a week."""

ALL: Final = 2**62
"""A limit that limits nothing, but has rows made narrow before they are sorted: SQLite would sort
all their columns."""

Query = Select[*tuple[Any, ...]]


class Wish(NamedTuple):
    """What is to be summed up, as the tables know it.

    Attributes:
        groups: of ``hour``, ``day``, ``domain`` and ``country``, those to be told apart.
        kinds: numbers of the kinds that count, None for all.
        domains: the only domains, None for the whole server.
        countries: the only countries, empty for all.
    """

    groups: Collection[str]
    kinds: Sequence[int] | None
    domains: frozenset[str] | None
    countries: frozenset[str]

    @property
    def by_domain(self) -> bool:
        """Whether only tables that know domains can tell."""
        return self.domains is not None or "domain" in self.groups

    @property
    def by_country(self) -> bool:
        """Whether only tables that know countries can tell."""
        return bool(self.countries) or "country" in self.groups


class Line(NamedTuple):
    """A sum. What was not to be told apart is "" or 0; hours and days are counted from 1970."""

    kind: int
    domain: str
    country: str
    hour: int
    day: int
    tally: int
    recipients: int


class Piece(Struct, frozen=True):
    """A stretch of a table with a row for each hour or day.

    Attributes:
        table: where to count.
        unit: ``hour`` or ``day``.
        first, end: the stretch; `end` itself does not count.
    """

    table: Table
    unit: Literal["hour", "day"]
    first: int
    end: int

    def lines(self, connection: Connection, wish: Wish) -> Iterator[Line]:
        """The sums of the stretch."""
        columns = self.table.c
        time = columns[self.unit]
        groups = _groups(self.table, wish)
        if "hour" in wish.groups or "day" in wish.groups:
            groups.append(time)
        query: Query = select(
            *groups,
            func.sum(columns.tally).label("tally"),
            func.sum(columns.recipients).label("recipients"),
        ).group_by(*groups)
        if wish.domains is None:
            query = query.where(time >= self.first, time < self.end)
        else:
            # The key begins with the time, so a domain is looked up hour by hour.
            query = query.where(
                time.in_(select(numbers(self.first, self.end))), columns.domain.in_(wish.domains)
            )
        at = {str(group.key): place for place, group in enumerate(groups)}
        end = len(groups)
        kind, domain, country = at["kind"], at.get("domain", -1), at.get("country", -1)
        hours, days = at.get("hour", -1), at.get("day", -1)
        for row in map(tuple, connection.execute(_narrowed(query, self.table, wish))):
            hour = row[hours] if hours >= 0 else 0
            yield Line(
                row[kind],
                row[domain] if domain >= 0 else "",
                row[country] if country >= 0 else "",
                hour,
                row[days] if days >= 0 else hour // DAY,
                int(row[end]),
                int(row[end + 1]),
            )


class WeeklyPiece(Struct, frozen=True):
    """A stretch of a table with a row for each week.

    Attributes:
        table: where to count.
        span: the days.
    """

    table: Table
    span: DaySpan

    def lines(self, connection: Connection, wish: Wish) -> Iterator[Line]:
        """The sums of the stretch."""
        columns = self.table.c
        groups = _groups(self.table, wish)
        by_day = "day" in wish.groups
        sums: list[ColumnElement[Any]] = [
            self.span.total(self.table, count).label(count) for count in ("tally", "recipients")
        ]
        if by_day:
            groups.append(columns.week)
            sums = [columns[f"{count}{day}"] for count in ("tally", "recipients") for day in WEEK]
        query: Query = select(*groups, *sums).where(self.span.touched_by(columns.week))
        if wish.domains is not None:
            query = query.where(columns.domain.in_(wish.domains))
        narrow = _narrowed(query, self.table, wish).limit(ALL).subquery("narrow").c
        listed = [narrow[str(group.key)] for group in groups]
        whole: Query = select(*listed, *(func.sum(narrow[str(one.key)]) for one in sums))
        names = [group.key for group in groups]
        for row in connection.execute(whole.group_by(*listed)):
            found = dict(zip(names, row, strict=False))
            key = (found["kind"], found.get("domain", ""), found.get("country", ""), 0)
            counts = row[len(groups) :]
            if by_day:
                for place, day in self.span.days(found["week"]):
                    yield Line(*key, day, int(counts[place]), int(counts[place + len(WEEK)]))
            else:
                yield Line(*key, 0, int(counts[0]), int(counts[1]))


def pieces(first: int, end: int, wish: Wish) -> list[Piece | WeeklyPiece]:
    """A period of hours, in as few rows as can be: whole days by day, the rest by hour.

    Raises:
        ValueError: hours were asked for where only days are counted.
    """
    if wish.by_domain and wish.by_country:
        if "hour" in wish.groups:
            raise ValueError("countries of domains are counted by day, not by hour")
        span = DaySpan(first // DAY, -(-end // DAY))
        return [WeeklyPiece(domain_countries, span)] if span else []
    hours = domain_hourly if wish.by_domain else hourly
    first_day, end_day = -(-first // DAY), end // DAY
    found: list[Piece | WeeklyPiece] = []
    if "hour" in wish.groups or first_day >= end_day:
        stretches = [(first, end)]
    else:
        stretches = [(first, first_day * DAY), (end_day * DAY, end)]
        if wish.by_domain:
            found.append(WeeklyPiece(domain_weekly, DaySpan(first_day, end_day)))
        else:
            found.append(Piece(daily, "day", first_day, end_day))
    return found + [Piece(hours, "hour", start, stop) for start, stop in stretches if start < stop]


def _groups(table: Table, wish: Wish) -> list[ColumnElement[Any]]:
    return [table.c.kind, *(table.c[name] for name in ("domain", "country") if name in wish.groups)]


def _narrowed(query: Query, table: Table, wish: Wish) -> Query:
    if wish.kinds is not None:
        query = query.where(table.c.kind.in_(wish.kinds))
    if wish.countries:
        query = query.where(table.c.country.in_(wish.countries))
    return query
