"""The account names that events speak of, so that a search with wildcards reads names, not events.

A name stays as long as its last event may. Attackers' guesses are in it too; a name is proven to be
a mailbox by a login that came through, or a mail that was accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from core.store.database import Database
from core.store.event import Event
from core.store.kinds import is_login, is_sent
from core.store.schema import accounts
from core.store.text import storable

DAY: Final = 86400

REMEMBERED: Final = 10_000
"""Names of which this process knows that they were noted today."""

_NOTE: Final = (
    "INSERT INTO accounts (name, domain, day, proven) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET "
    "day = CASE WHEN accounts.day < excluded.day THEN excluded.day ELSE accounts.day END, "
    "proven = CASE WHEN accounts.proven < excluded.proven THEN excluded.proven "
    "ELSE accounts.proven END "
    "WHERE accounts.day < excluded.day OR accounts.proven < excluded.proven"
)

Noted = tuple[str, int, bool]
"""A name, the day on which an event spoke of it, and whether that event proved it."""


class Accounts:
    """The names seen by one writer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._generation = -1
        self._noted: set[Noted] = set()

    def fresh(self, events: Iterable[Event]) -> dict[Noted, str]:
        """Names with their day that are not known to be noted, and their domains."""
        if self._generation != self._database.generation or len(self._noted) > REMEMBERED:
            self._generation = self._database.generation
            self._noted = set()
        found: dict[Noted, str] = {}
        for event in events:
            if event.account:
                key = (storable(event.account), int(event.at // DAY), is_proof(event))
                if key not in self._noted:
                    found[key] = storable(event.domain)
        return found

    def note(self, connection: Connection, fresh: dict[Noted, str]) -> None:
        """Write the names."""
        rows = [
            (name, domain, day, day if proven else 0)
            for (name, day, proven), domain in sorted(fresh.items())
        ]
        self._database.many(connection, _NOTE, rows)

    def noted(self, fresh: dict[Noted, str]) -> None:
        """The transaction that wrote them has ended well."""
        self._noted.update(fresh)


def is_proof(event: Event) -> bool:
    """Whether the event proves that its account is a mailbox."""
    return is_login(event) or is_sent(event)


def like(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """Whether the column fits a pattern in which ``*`` stands for any text."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(escaped.replace("*", "%"), escape="\\")


def matching(
    connection: Connection, pattern: str, domains: Collection[str] | None, limit: int
) -> list[str]:
    """Names that fit a pattern.

    Args:
        connection: where to read.
        pattern: a name in which ``*`` stands for any text.
        domains: the only domains to look in, None for all.
        limit: how many to return at most.
    """
    query = select(accounts.c.name).where(like(accounts.c.name, pattern)).limit(limit)
    if domains is not None:
        query = query.where(accounts.c.domain.in_(domains))
    return list(connection.scalars(query))
