"""Who changed which setting, when, from what to what. Entries are only ever added.

`core.store.settings` writes them, in the transaction that makes the change.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, and_, func, insert, select

from core.store.database import Database
from core.store.schema import audit
from core.store.text import storable

StoredScope = tuple[str, str]
"""Level and name: ``("server", "")``, ``("domain", name)`` or ``("mailbox", address)``."""

AnyRow = Row[*tuple[Any, ...]]

_a = audit.c


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One change of one setting.

    Attributes:
        id: grows with every entry.
        at: when, seconds since 1970 (UTC).
        who: who did it.
        why: what they said about it, "" mostly.
        scope: where.
        name: the setting.
        before, after: its values; None where the scope inherited.
    """

    id: int
    at: float
    who: str
    why: str
    scope: StoredScope
    name: str
    before: Any
    after: Any


class AuditFilter(Struct, frozen=True, kw_only=True):
    """Which entries are wanted; what is left empty does not matter.

    Attributes:
        scopes: any of these; None for all, empty for none at all.
        name: the setting.
        who: who did it.
        since, until: from this second on, and before that one.
    """

    scopes: frozenset[StoredScope] | None = None
    name: str = ""
    who: str = ""
    since: float | None = None
    until: float | None = None


class Audit:
    """The audit trail of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, wanted: AuditFilter | None = None, limit: int = 100, before_id: int | None = None
    ) -> list[AuditEntry]:
        """Entries that fit, newest first.

        Args:
            wanted: the filter; None for all.
            limit: how many at most.
            before_id: the last entry of the page before; None for the first page.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = wanted or AuditFilter()
        query = select(audit).order_by(_a.id.desc()).limit(limit)
        if wanted.scopes is not None:
            # Scopes are few where they are given: those of one customer.
            names = {name for _, name in wanted.scopes}
            query = query.where(
                _a.scope.in_(names),
                (_a.level + ":" + _a.scope).in_(
                    {f"{level}:{name}" for level, name in wanted.scopes}
                ),
            )
        if wanted.name:
            query = query.where(_a.name == wanted.name)
        if wanted.who:
            query = query.where(_a.who == storable(wanted.who))
        if wanted.since is not None:
            query = query.where(_a.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(_a.at < wanted.until)
        if before_id is not None:
            query = query.where(_a.id < before_id)
        with self._database.reading() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def latest(self, scope: StoredScope, names: Collection[str]) -> dict[str, AuditEntry]:
        """The last change of each setting of a scope, by name; none for what was never changed.

        Args:
            scope: where.
            names: which settings.

        Raises:
            StoreError: the store cannot be read.
        """
        level, name = scope
        here = and_(_a.level == level, _a.scope == storable(name), _a.name.in_(names))
        newest = select(func.max(_a.id)).where(here).group_by(_a.name)
        with self._database.reading() as connection:
            rows = connection.execute(select(audit).where(_a.id.in_(newest)))
            return {row.name: entry_of(row) for row in rows}


def add_entry(
    connection: Connection,
    *,
    at: float,
    who: str,
    why: str,
    scope: StoredScope,
    name: str,
    before: str | None,
    after: str | None,
) -> int:
    """Write an entry inside the transaction of its change; returns its number.

    Args:
        connection: from `Database.writing`.
        at, who, why, scope, name: as in `AuditEntry`.
        before, after: the values as JSON text, None for inherited.
    """
    values = {
        "at": at,
        "who": storable(who),
        "why": storable(why),
        "level": scope[0],
        "scope": storable(scope[1]),
        "name": name,
        "before": before,
        "after": after,
    }
    return int(connection.execute(insert(audit).values(values).returning(_a.id)).scalar_one())


def entry_of(row: AnyRow) -> AuditEntry:
    """The entry that a row holds."""
    return AuditEntry(
        id=row.id,
        at=row.at,
        who=row.who,
        why=row.why,
        scope=(row.level, row.scope),
        name=row.name,
        before=_value(row.before),
        after=_value(row.after),
    )


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
