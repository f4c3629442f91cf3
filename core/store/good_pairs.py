"""Who is at home where: accounts and the networks from which their logins were good.

Kept by day, so that nobody can read from it when somebody works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import and_, delete, or_, select, tuple_

from core.store.database import Database
from core.store.good_pair import GoodPair
from core.store.schema import good_pairs
from core.store.text import storable

CHUNK: Final = 1000
"""Rows that one step deletes at most."""

ONCE_DAYS: Final = 14
"""Days that a pair is kept that was seen on one day only: a phone passes through many networks."""

_g = good_pairs.c
_UPSERT = (
    "INSERT INTO good_pairs (account, network, first, last, days, accounts, system) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, network) DO UPDATE SET "
    "days = good_pairs.days + CASE WHEN excluded.last > good_pairs.last "
    "OR excluded.first < good_pairs.first THEN excluded.days ELSE 0 END, "
    "first = CASE WHEN excluded.first < good_pairs.first THEN excluded.first "
    "ELSE good_pairs.first END, "
    "last = CASE WHEN excluded.last > good_pairs.last THEN excluded.last "
    "ELSE good_pairs.last END, "
    "accounts = excluded.accounts, system = excluded.system"
)


class GoodPairs:
    """The pairs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def learn(self, pairs: Sequence[GoodPair]) -> None:
        """Note pairs; what is known of them already grows.

        Raises:
            StoreError: nothing was written.
        """
        rows = [
            (
                storable(each.account),
                each.network,
                each.first,
                each.last,
                each.days,
                each.accounts,
                each.system,
            )
            for each in pairs
        ]
        with self._database.writing() as connection:
            self._database.many(connection, _UPSERT, rows)

    def all(self, since: int, limit: int = 1_000_000) -> Iterator[GoodPair]:
        """Pairs that were good on a day or later, the oldest first.

        Args:
            since: day, counted from 1970-01-01.
            limit: how many at most; the newest.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = select(good_pairs).where(_g.last >= since)
        newest = wanted.order_by(_g.last.desc()).limit(limit).subquery()
        query = select(newest).order_by(newest.c.last)
        with self._database.reading() as connection:
            for row in connection.execute(query):
                yield GoodPair(
                    row.account,
                    row.network,
                    row.system,
                    row.first,
                    row.last,
                    row.days,
                    row.accounts,
                )

    def prune(self, today: int, days: int) -> bool:
        """Forget a little of what is too old; returns whether there is more.

        Args:
            today: counted from 1970-01-01.
            days: how long pairs are kept.

        Raises:
            StoreError: nothing was forgotten.
        """
        once = and_(_g.first == _g.last, _g.last < today - ONCE_DAYS)
        key = tuple_(*good_pairs.primary_key)
        old = select(*good_pairs.primary_key).where(or_(_g.last < today - days, once)).limit(CHUNK)
        with self._database.writing() as connection:
            done = connection.execute(delete(good_pairs).where(key.in_(old)))
            return done.rowcount == CHUNK
