"""Days packed into weeks come out again as the days they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, create_engine, select

from core.store import weeks
from core.store.weeks import DaySpan

table = Table(
    "counted",
    MetaData(),
    Column("week", Integer, primary_key=True),
    *weeks.columns("tally", Integer),
    Column("last", Integer),
)

DAYS = range(20_000, 20_040)
days = st.integers(DAYS.start - 10, DAYS.stop + 10)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A table in which each day's count is the day itself."""
    engine: Engine = create_engine("sqlite://")
    with engine.begin() as opened:
        table.create(opened)
        for day in DAYS:
            week, place = divmod(day, weeks.LENGTH)
            sql = weeks.adding(table, place, ("tally",), "last")
            opened.exec_driver_sql(sql, (week, day - 1, day))
            opened.exec_driver_sql(sql, (week, 1, day - 5))
        yield opened
    engine.dispose()


@given(first=days, end=days)
def test_the_sum_of_a_span(connection: Connection, first: int, end: int) -> None:
    span = DaySpan(first, end)
    assert bool(span) == (first < end)
    if not span:
        assert list(span.weeks()) == []
        return
    query = select(span.total(table, "tally")).where(span.touched_by(table.c.week))
    expected = sum(day for day in DAYS if first <= day < end)
    assert sum(connection.scalars(query)) == expected


@given(first=days, end=days)
def test_the_days_of_a_span(first: int, end: int) -> None:
    span = DaySpan(first, end)
    found = [day for week in span.weeks() for _, day in span.days(week)]
    assert found == list(range(first, end))
    assert all(day % 7 == place for week in span.weeks() for place, day in span.days(week))


def test_the_latest_stays(connection: Connection) -> None:
    rows = connection.execute(select(table.c.week, table.c.last)).all()
    assert all(row.last == min((row.week + 1) * 7, DAYS.stop) - 1 for row in rows)
