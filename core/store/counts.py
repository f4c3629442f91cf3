"""What one transaction adds to the counts: statistics and habits. Says how it is written, not read.

It is written together with the events that it counts, so both always agree. Days are those of UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table

from core.store import weeks
from core.store.database import Database
from core.store.kinds import Kind, is_login, is_refused_login
from core.store.schema import (
    daily,
    domain_countries,
    domain_hourly,
    domain_weekly,
    habits,
    hourly,
)
from core.store.text import storable

HOUR: Final = 3600
DAY: Final = 24
"""Hours in a day."""

Row = tuple[Any, ...]


class Counts:
    """Collects, then writes.

    Args:
        known: the kinds by number; every one that is added is among them.
    """

    def __init__(self, known: Mapping[int, Kind]) -> None:
        self._known = known
        self._sums: dict[tuple[int, str, int, str], list[int]] = {}
        self._habits: dict[tuple[int, int, str, str, str], tuple[int, float]] = {}
        self._refused: dict[int, int | None] = {}

    def add(
        self,
        at: float,
        kind: int,
        *,
        country: str,
        domain: str,
        account: str,
        last: float,
        count: int,
        recipients: int,
    ) -> None:
        """Add verdicts.

        Args:
            at: when they fell, seconds since 1970.
            kind: the number of their kind.
            country, domain, account, last, count, recipients: as in `core.store.event.Event`.
        """
        hour = int(at // HOUR)
        key = (hour, domain, kind, country)
        line = self._sums.get(key)
        if line is None:
            self._sums[key] = [count, recipients]
        else:
            line[0] += count
            line[1] += recipients
        if account and (refused := self._is_refused(kind)) is not None:
            habit = (hour // DAY, refused, domain, account, country)
            before, latest = self._habits.get(habit, (0, 0.0))
            self._habits[habit] = (before + count, max(latest, last))

    def add_bare(self, at: float, kind: int, *, country: str, count: int) -> None:
        """Add verdicts of which nothing more is known."""
        self.add(
            at,
            kind,
            country=country,
            domain="",
            account="",
            last=at,
            count=count,
            recipients=0,
        )

    def _is_refused(self, kind: int) -> int | None:
        """0 for a login that came through, 1 for a refused one, None for anything else."""
        try:
            return self._refused[kind]
        except KeyError:
            words = self._known[kind]
            found = 0 if is_login(words) else 1 if is_refused_login(words) else None
            self._refused[kind] = found
            return found

    def write(self, database: Database, connection: Connection) -> None:
        """Add it all, inside the transaction that writes the events."""
        for sql, rows in self._statements().items():
            rows.sort()  # in the order of the key, so that pages are written once
            database.many(connection, sql, rows)

    def _statements(self) -> dict[str, list[Row]]:
        """Rows that are to be added, by the SQL that adds them; the same key may come twice."""
        found: defaultdict[str, list[Row]] = defaultdict(list)
        hours: defaultdict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0])
        for (hour, domain, kind, country), (count, recipients) in self._sums.items():
            place = storable(country)
            server = hours[hour, kind, place]
            server[0] += count
            server[1] += recipients
            if domain:
                name, (week, day) = storable(domain), divmod(hour // DAY, weeks.LENGTH)
                found[_DOMAIN_HOURLY].append((hour, name, kind, count, recipients))
                found[_DOMAIN_WEEKLY[day]].append((week, name, kind, count, recipients))
                found[_DOMAIN_COUNTRIES[day]].append((week, name, place, kind, count, recipients))
        for (hour, kind, place), sums in hours.items():
            found[_HOURLY].append((hour, kind, place, *sums))
            found[_DAILY].append((hour // DAY, kind, place, *sums))
        for (at_day, refused, *names), (count, last) in self._habits.items():
            week, day = divmod(at_day, weeks.LENGTH)
            found[_HABITS[day]].append((week, refused, *map(storable, names), count, last))
        return found


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


def _by_weekday(table: Table, counts: tuple[str, ...], latest: str = "") -> tuple[str, ...]:
    return tuple(weeks.adding(table, day, counts, latest) for day in range(weeks.LENGTH))


_HOURLY, _DAILY, _DOMAIN_HOURLY = map(_adding, (hourly, daily, domain_hourly))
_DOMAIN_WEEKLY: Final = _by_weekday(domain_weekly, ("tally", "recipients"))
_DOMAIN_COUNTRIES: Final = _by_weekday(domain_countries, ("tally", "recipients"))
_HABITS: Final = _by_weekday(habits, ("tally",), "last")
