"""What each list of attackers would have refused: logins by day, with and without the password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from sqlalchemy import select

from core.store.database import Database
from core.store.schema import list_hits
from core.store.text import storable

DAY: Final = 86_400

_ADD: Final = (
    "INSERT INTO list_hits (day, list, passed, failed) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (day, list) DO UPDATE SET "
    "passed = list_hits.passed + excluded.passed, failed = list_hits.failed + excluded.failed"
)

_h = list_hits.c


class ListHits(Struct, frozen=True):
    """The hits of one list on one day.

    Attributes:
        day: the day's beginning in UTC, seconds since 1970.
        passed: logins from listed addresses that had the right password: probably people.
        failed: those that had a wrong one.
    """

    day: float
    passed: int
    failed: int


class ListHistory:
    """The hits of all lists, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, hits: Mapping[tuple[int, str], tuple[int, int]]) -> None:
        """Count more.

        Args:
            hits: (day since 1970, list) -> those that passed, and those that failed.

        Raises:
            StoreError: nothing was counted.
        """
        rows = [
            (day, storable(name), passed, failed) for (day, name), (passed, failed) in hits.items()
        ]
        with self._database.writing() as connection:
            self._database.many(connection, _ADD, rows)

    def since(self, begin: float) -> dict[str, tuple[ListHits, ...]]:
        """The hits by list, the earliest day first.

        Args:
            begin: seconds since 1970; the whole day in which it lies counts.

        Raises:
            StoreError: the store cannot be read.
        """
        query = (
            select(_h.list, _h.day, _h.passed, _h.failed)
            .where(_h.day >= int(begin // DAY))
            .order_by(_h.list, _h.day)
        )
        found: dict[str, list[ListHits]] = {}
        with self._database.reading() as connection:
            for name, day, passed, failed in connection.execute(query):
                found.setdefault(name, []).append(ListHits(day * DAY, passed, failed))
        return {name: tuple(days) for name, days in found.items()}
