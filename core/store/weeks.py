"""Counts of days, seven to a row: a month is five rows instead of thirty, and still exact by day.

A row has a column for each day of a week and belongs to the week that its key begins with. Weeks
are counted from 1970-01-01, a Thursday; nobody ever sees them.
"""

from __future__ import annotations

from functools import cached_property, reduce
from operator import add
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, case, literal, select

LENGTH: Final = 7
"""Days in a week."""


def names(count: str) -> list[str]:
    """The columns of a count, one for each day."""
    return [f"{count}{day}" for day in range(LENGTH)]


class DaySpan:
    """Whole days of UTC, as they lie in weeks.

    Args:
        first: the first day, counted from 1970-01-01.
        end: the day after the last.
    """

    def __init__(self, first: int, end: int) -> None:
        self.first = first
        self.end = end

    def __bool__(self) -> bool:
        """Whether there is a day in it at all."""
        return self.first < self.end

    def weeks(self) -> range:
        """The weeks that it touches."""
        return range(self.first // LENGTH, -(-self.end // LENGTH)) if self else range(0)

    def touched_by(self, week: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a row's week is one of these; asked week by week, as keys begin with it."""
        return week.in_(self._listed)

    @cached_property
    def _listed(self) -> Select[Any]:
        """Made once: a query in which two of the same name differ is none."""
        touched = self.weeks()
        return select(numbers(touched.start, touched.stop))

    def total(self, table: FromClause, count: str) -> ColumnElement[Any]:
        """The sum of a row's days that lie in it; for rows of weeks that it touches."""
        touched = self.weeks()
        sums = {
            week: _sum(table, count, self._days(week)) for week in {*touched[:1], *touched[-1:]}
        }
        return case(sums, value=table.c.week, else_=_sum(table, count, range(LENGTH)))

    def days(self, week: int) -> list[tuple[int, int]]:
        """The days of a week that lie in it: which of its columns, and the day itself."""
        return [(day, week * LENGTH + day) for day in self._days(week)]

    def _days(self, week: int) -> range:
        start = week * LENGTH
        return range(max(self.first - start, 0), min(self.end - start, LENGTH))


def numbers(first: int, end: int) -> ColumnElement[int]:
    """The numbers from one to before another, as a column to select."""
    listed = select(literal(first).label("number")).cte("numbers", recursive=True)
    following = select(listed.c.number + 1).where(listed.c.number + 1 < end)
    return listed.union_all(following).c.number


def adding(table: Table, day: int, counts: tuple[str, ...], latest: str = "") -> str:
    """SQL that adds to the counts of one weekday in the row with the same key, or makes the row.

    Its values are those of the key, one for each count, and the one of `latest` if there is one.

    Args:
        table: with columns as `names` gives them.
        day: which day of the week, from 0.
        counts: the names of the counts.
        latest: a column that keeps the largest value, "" for none.
    """
    key = [column.name for column in table.primary_key]
    columns = [f"{count}{day}" for count in counts]
    together = [*key, *columns, *([latest] if latest else [])]
    changes = [f"{name} = {table.name}.{name} + excluded.{name}" for name in columns]
    if latest:
        changes.append(
            f"{latest} = CASE WHEN {table.name}.{latest} < excluded.{latest} "
            f"THEN excluded.{latest} ELSE {table.name}.{latest} END"
        )
    return (
        f"INSERT INTO {table.name} ({', '.join(together)}) "  # noqa: S608  # our own names
        f"VALUES ({', '.join('?' for _ in together)}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)}"
    )


def _sum(table: FromClause, count: str, days: range) -> ColumnElement[Any]:
    return reduce(add, [table.c[f"{count}{day}"] for day in days])


def columns(count: str, kind: Any) -> list[Column[Any]]:
    """The columns of a count, for a table."""
    return [Column(name, kind, nullable=False, server_default="0") for name in names(count)]
