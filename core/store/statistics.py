"""Counts per hour and per day, kept after the events themselves are gone.

They are written in the transaction that writes the events they count, so both always agree. The
days are those of UTC and only make long periods quick; a reader who wants the days of another time
zone asks for hours. Countries of a single domain are counted by day, everything else by hour too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal, select

from core.store.database import Database
from core.store.kinds import Kind, KindFilter, Kinds
from core.store.schema import daily, domain_daily, domain_hourly, hourly
from core.store.text import storable

HOUR: Final = 3600
DAY: Final = 24
"""Hours in a day."""

Group = Literal[
    "hour", "day", "domain", "country", "stage", "service", "verdict", "reason", "check", "would"
]
"""What totals can be broken down by."""

Query = Select[*tuple[Any, ...]]
Sums = dict[tuple[Any, ...], list[int]]


class StatisticsFilter(KindFilter, frozen=True, kw_only=True):
    """What totals count.

    Attributes:
        since: from this second on; the hour that it lies in counts whole.
        until: before this second; likewise.
        countries: the only ones; empty for all.
        domains: the only domains; None for the whole server, empty for nothing.
    """

    since: float
    until: float
    countries: frozenset[str] = frozenset()
    domains: frozenset[str] | None = None


class Total(Struct, frozen=True):
    """One line of totals.

    Attributes:
        key: the values of what was asked to group by, in that order; hours and days are the
            second at which they begin.
        count: verdicts.
        recipients: accepted recipients.
    """

    key: tuple[str | int, ...]
    count: int
    recipients: int


class Counts:
    """What one transaction adds to the statistics."""

    def __init__(self) -> None:
        self._sums: Sums = {}

    def add(
        self, at: float, kind: int, country: str, domain: str, count: int, recipients: int
    ) -> None:
        """Add verdicts.

        Args:
            at: when they fell, seconds since 1970.
            kind: the number of their kind.
            country, domain, count, recipients: as in `core.store.event.Event`.
        """
        line = self._sums.setdefault((at // HOUR, domain, kind, country), [0, 0])
        line[0] += count
        line[1] += recipients

    def rows(self) -> Iterator[tuple[Table, list[tuple[Any, ...]]]]:
        """Each table with its rows, in the order of their key so that pages are written once."""
        tables: dict[Table, Sums] = {
            table: {} for table in (hourly, daily, domain_hourly, domain_daily)
        }
        for (at_hour, domain, kind, country), line in self._sums.items():
            hour, place = int(at_hour), storable(country)
            day = hour // DAY
            _merge(tables[hourly], (hour, kind, place), line)
            _merge(tables[daily], (day, kind, place), line)
            if domain:
                name = storable(domain)
                _merge(tables[domain_hourly], (hour, name, kind), line)
                _merge(tables[domain_daily], (day, name, kind, place), line)
        for table, sums in tables.items():
            yield table, [(*key, *sums[key]) for key in sorted(sums)]


def _merge(sums: Sums, key: tuple[Any, ...], line: list[int]) -> None:
    found = sums.get(key)
    if found is None:
        sums[key] = line.copy()
    else:
        found[0] += line[0]
        found[1] += line[1]


class Statistics:
    """The counts of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds

    def add(self, connection: Connection, counts: Counts) -> None:
        """Add to the counts, inside the transaction that writes the events."""
        for table, rows in counts.rows():
            self._database.many(connection, _ADDING[table], rows)

    def totals(self, wanted: StatisticsFilter, group_by: Sequence[Group] = ()) -> list[Total]:
        """Sums of what the filter takes, broken down.

        Where both domains and countries matter, the days of UTC that the period touches count
        whole.

        Returns:
            Lines in the order of their keys; one with an empty key when nothing was asked to
            group by; none where nothing was counted.

        Raises:
            ValueError: hours were asked for where only days are counted.
            StoreError: the store cannot be read.
        """
        sums: Sums = {}
        with self._database.reading() as connection:
            known = self._kinds.known(connection)
            taken = {number: kind for number, kind in known.items() if wanted.takes(kind)}
            kinds = list(taken) if len(taken) < len(known) else None
            for piece in _pieces(wanted, group_by):
                for row in connection.execute(piece.query(wanted, group_by, kinds)):
                    key = tuple(_part(group, row, taken[row.kind]) for group in group_by)
                    line = sums.setdefault(key, [0, 0])
                    line[0] += int(row.tally)
                    line[1] += int(row.recipients)
        return [Total(key, *sums[key]) for key in sorted(sums)]


class Piece(Struct, frozen=True):
    """A stretch of one table, in its own unit of time.

    Attributes:
        table: where to count.
        unit: ``hour`` or ``day``.
        first, end: the stretch; `end` itself does not count.
    """

    table: Table
    unit: Literal["hour", "day"]
    first: int
    end: int

    def query(
        self, wanted: StatisticsFilter, group_by: Sequence[Group], kinds: list[int] | None
    ) -> Query:
        """The sums of the stretch."""
        columns = self.table.c
        time = columns[self.unit]
        groups: list[ColumnElement[Any]] = [columns.kind]
        groups += [columns[g] for g in ("domain", "country") if g in group_by]
        if "hour" in group_by or "day" in group_by:
            groups.append(time)
        query: Query = select(
            *groups,
            func.sum(columns.tally).label("tally"),
            func.sum(columns.recipients).label("recipients"),
        ).group_by(*groups)
        if wanted.domains is None:
            query = query.where(time >= self.first, time < self.end)
        else:
            # The key begins with the time, so a domain is looked up hour by hour.
            query = query.where(
                time.in_(select(_each(self.first, self.end))), columns.domain.in_(wanted.domains)
            )
        if kinds is not None:
            query = query.where(columns.kind.in_(kinds))
        if wanted.countries:
            query = query.where(columns.country.in_(wanted.countries))
        return query


def _pieces(wanted: StatisticsFilter, group_by: Sequence[Group]) -> list[Piece]:
    """The period, in as few rows as can be: whole days by day, the rest by hour."""
    first, end = int(wanted.since // HOUR), -int(-wanted.until // HOUR)
    by_domain = wanted.domains is not None or "domain" in group_by
    if by_domain and (wanted.countries or "country" in group_by):
        if "hour" in group_by:
            raise ValueError("countries of domains are counted by day, not by hour")
        pieces = [Piece(domain_daily, "day", first // DAY, -(-end // DAY))]
    else:
        hours, days = (domain_hourly, domain_daily) if by_domain else (hourly, daily)
        first_day, end_day = -(-first // DAY), end // DAY
        if "hour" in group_by or first_day >= end_day:
            pieces = [Piece(hours, "hour", first, end)]
        else:
            pieces = [
                Piece(hours, "hour", first, first_day * DAY),
                Piece(days, "day", first_day, end_day),
                Piece(hours, "hour", end_day * DAY, end),
            ]
    return [piece for piece in pieces if piece.first < piece.end]


def _each(first: int, end: int) -> Any:
    numbers = select(literal(first).label("number")).cte("numbers", recursive=True)
    following = select(numbers.c.number + 1).where(numbers.c.number + 1 < end)
    return numbers.union_all(following).c.number


def _part(group: Group, row: Any, kind: Kind) -> str | int:
    if group == "hour":
        return int(row.hour) * HOUR
    if group == "day":
        # A stretch of hours has no days.
        day = getattr(row, "day", None)
        return int(row.hour // DAY if day is None else day) * DAY * HOUR
    if group in ("domain", "country"):
        return str(getattr(row, group))
    return str(getattr(kind, group))


def _adding(table: Table) -> str:
    """SQL that adds a row's counts to the row with the same key, or makes it."""
    key = ", ".join(column.name for column in table.primary_key)
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    return (
        f"INSERT INTO {table.name} ({names}) VALUES ({marks}) "  # noqa: S608  # our own names
        f"ON CONFLICT ({key}) DO UPDATE SET tally = {table.name}.tally + excluded.tally, "
        f"recipients = {table.name}.recipients + excluded.recipients"
    )


_ADDING: Final = {table: _adding(table) for table in (hourly, daily, domain_hourly, domain_daily)}
