"""The history of attackers: who stood, why, and who let them go.

What stands now on this server is the daemon's to say; servers that share a store read here what the
others have seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, delete, or_, select, tuple_, update

from core.store.attacker import Attacker
from core.store.database import Database
from core.store.schema import attackers
from core.store.text import storable

AnyRow = Row[*tuple[Any, ...]]
Query = Select[*tuple[Any, ...]]

CHUNK = 1000
"""Rows that one step deletes at most."""

_a = attackers.c
_INSERT = (
    "INSERT INTO attackers (place, kind, since, until, times, evidence) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (place, since) DO NOTHING"
)


class AttackerHistory:
    """The attackers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, found: Sequence[Attacker]) -> None:
        """Note attackers. One that is noted already is passed over, so repeating does no harm.

        Raises:
            StoreError: nothing was written.
        """
        rows = [
            (each.place, each.kind, each.since, each.until, each.times, storable(each.evidence))
            for each in found
        ]
        with self._database.writing() as connection:
            self._database.many(connection, _INSERT, rows)

    def released(self, places: Collection[str], at: float, by: str, why: str) -> int:
        """Note that attackers that stood were let go; returns how many.

        Args:
            places: which.
            at: when, seconds since 1970.
            by, why: who did it, and what for.

        Raises:
            StoreError: nothing was written.
        """
        standing = (_a.place.in_(places), _a.until > at, _a.released_at.is_(None))
        values = {
            "released_at": at,
            "released_by": storable(by),
            "released_why": storable(why),
        }
        with self._database.writing() as connection:
            done = connection.execute(update(attackers).where(*standing).values(**values))
            return done.rowcount

    def standing(self, now: float, limit: int = 50_000) -> list[Attacker]:
        """Attackers that are refused at that time, the newest first.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(attackers).where(_a.until > now, _a.released_at.is_(None))
        return self._read(query.order_by(_a.id.desc()).limit(limit))

    def ended_since(self, since: float, now: float, limit: int = 20_000) -> list[Attacker]:
        """Attackers whose refusal ran out in that time: they are not new when they come back.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(attackers).where(
            _a.until > since, _a.until <= now, _a.released_at.is_(None)
        )
        return self._read(query.order_by(_a.id.desc()).limit(limit))

    def news(self, after: int, released_since: float, limit: int = 10_000) -> list[Attacker]:
        """What came after an attacker, and what was let go since a time; oldest first.

        Args:
            after: `Attacker.id`.
            released_since: seconds since 1970.
            limit: how many at most.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(attackers).where(or_(_a.id > after, _a.released_at >= released_since))
        return self._read(query.order_by(_a.id).limit(limit))

    def history(
        self,
        places: Collection[str] | None = None,
        since: float = 0,
        limit: int = 100,
        before_id: int | None = None,
    ) -> list[Attacker]:
        """Attackers, newest first.

        Args:
            places: only these; None for all.
            since: seen from this second on.
            limit: how many at most.
            before_id: the last one of the page before; None for the first page.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(attackers).where(_a.since >= since)
        if places is not None:
            query = query.where(_a.place.in_(places))
        if before_id is not None:
            query = query.where(_a.id < before_id)
        return self._read(query.order_by(_a.id.desc()).limit(limit))

    def prune(self, before: float) -> bool:
        """Forget a little of what ended before a time; returns whether there is more.

        Raises:
            StoreError: nothing was forgotten.
        """
        key = tuple_(*attackers.primary_key)
        old = select(*attackers.primary_key).where(_a.until < before).limit(CHUNK)
        with self._database.writing() as connection:
            done = connection.execute(delete(attackers).where(key.in_(old)))
            return done.rowcount == CHUNK

    def _read(self, query: Query) -> list[Attacker]:
        with self._database.reading() as connection:
            return [_attacker(row) for row in connection.execute(query)]


def _attacker(row: AnyRow) -> Attacker:
    return Attacker(
        id=row.id,
        place=row.place,
        kind=row.kind,
        since=row.since,
        until=row.until,
        times=row.times,
        evidence=row.evidence,
        released_at=row.released_at,
        released_by=row.released_by or "",
        released_why=row.released_why or "",
    )
