"""Forgets what is older than it may be, and sums up what is over, a little at a time.

Each step is one short transaction, so that whoever writes events never waits long for it. The audit
of settings is kept for ever: it is small, and it is evidence.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, delete, func, select, tuple_

from core.store import weeks
from core.store.database import Database
from core.store.rank_sums import RankSums
from core.store.schema import (
    SLOT,
    accounts,
    blocks,
    daily,
    domain_countries,
    domain_hourly,
    domain_weekly,
    events,
    habits,
    hourly,
    list_hits,
    ranks,
    signals,
    tokens,
)
from core.store.weeks import DaySpan

CHUNK: Final = 1000
"""Rows that one step deletes at most from each table: some ten milliseconds."""

REFUSED_HABITS: Final = 10_000
"""Pairs of account and country whose refusals are kept of a week: those that were refused most.
Attackers make up as many names as they like; between two rounds of retention these rows take less
room than the events that tell of them."""

PAGES: Final = 500
"""Free pages that one step gives back to the file system: some ten milliseconds."""

SPARE: Final = 0.1
"""Share of free pages that stays in the file, because the next events need them anyway."""

_DAY: Final = 86400
_HOUR: Final = 3600
_WEEK: Final = weeks.LENGTH * _DAY


class Retention:
    """Prunes one database.

    Args:
        database: the database.
        rank_sums: sums up what is over.
    """

    def __init__(self, database: Database, rank_sums: RankSums) -> None:
        self._database = database
        self._rank_sums = rank_sums

    def step(self, now: float, *, events_days: int, statistics_days: int) -> bool:
        """Do a little of what is to be done.

        Args:
            now: seconds since 1970.
            events_days: days that events are kept, and who logged in from where.
            statistics_days: days that statistics, the history of blocks and signals, and tokens
                that are no good any more are kept.

        Returns:
            Whether there is more to do: call it again, after others had their turn.

        Raises:
            StoreError: this step did nothing.
        """
        events_before = now - events_days * _DAY
        statistics_before = now - statistics_days * _DAY
        with self._database.writing() as connection:
            more = [
                _delete_events(connection, events_before),
                _delete(connection, accounts, "day", int(events_before // _DAY)),
                _delete(connection, blocks, "until", statistics_before),
                _delete(connection, signals, "last", statistics_before),
                _delete(connection, hourly, "hour", int(statistics_before // _HOUR)),
                _delete(connection, domain_hourly, "hour", int(statistics_before // _HOUR)),
                _delete(connection, daily, "day", int(statistics_before // _DAY)),
                _delete(connection, list_hits, "day", int(statistics_before // _DAY)),
                _delete(connection, domain_weekly, "week", int(statistics_before // _WEEK)),
                _delete(connection, domain_countries, "week", int(statistics_before // _WEEK)),
                _delete(connection, habits, "week", int(events_before // _WEEK)),
                _delete(connection, ranks, "slot", int(events_before // SLOT)),
                _delete(connection, tokens, "revoked", statistics_before),
                _delete(connection, tokens, "expires", statistics_before),
                _trim_habits(connection, int(now // _WEEK)),
                _trim_habits(connection, int(now // _WEEK) - 1),
            ]
        more.append(self._rank_sums.step(now, events_before))
        return any(more) or self._shrink()

    def _shrink(self) -> bool:
        """Give free pages back to the file system; returns whether there are more."""
        if not self._database.is_sqlite:
            return False  # PostgreSQL's own autovacuum does it
        with self._database.reading() as connection:
            free = int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
            pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        surplus = free - int(pages * SPARE)
        if surplus < PAGES:
            return False
        self._database.maintaining(f"PRAGMA incremental_vacuum({PAGES})")
        return surplus >= 2 * PAGES


def _delete_events(connection: Connection, oldest: float) -> bool:
    old = select(events.c.id).where(events.c.at < oldest).order_by(events.c.at).limit(CHUNK)
    return connection.execute(delete(events).where(events.c.id.in_(old))).rowcount == CHUNK


def _delete(connection: Connection, table: Table, column: str, oldest: float) -> bool:
    key = tuple_(*table.primary_key)
    old = select(*table.primary_key).where(table.c[column] < oldest).limit(CHUNK)
    return connection.execute(delete(table).where(key.in_(old))).rowcount == CHUNK


def _trim_habits(connection: Connection, week: int) -> bool:
    """Forget what was refused least, where there is too much of it.

    More at once than elsewhere: to find the least costs more than to delete it.
    """
    here = (habits.c.week == week, habits.c.refused == 1)
    count = connection.execute(select(func.count()).select_from(habits).where(*here)).scalar_one()
    surplus = count - REFUSED_HABITS
    if surplus <= 0:
        return False
    key = tuple_(*habits.primary_key)
    total = DaySpan(week * weeks.LENGTH, (week + 1) * weeks.LENGTH).total(habits, "tally")
    least = select(*habits.primary_key).where(*here).order_by(total).limit(min(surplus, 5 * CHUNK))
    connection.execute(delete(habits).where(key.in_(least)))
    return surplus > 5 * CHUNK
