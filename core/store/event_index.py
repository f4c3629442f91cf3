"""Queries of events that name the index to use; SQLite, left to itself, often takes another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, column, text

from core.store.schema import events


class Bare:
    """The columns of events without their table, whose name is written with an index behind it."""

    at = column("at", events.c.at.type)
    last = column("last", events.c["last"].type)
    id = column("id", events.c.id.type)
    tally = column("tally", events.c.tally.type)
    slot = column("slot", events.c.slot.type)
    kind = column("kind", events.c.kind.type)
    address = column("address", events.c.address.type)
    country = column("country", events.c.country.type)
    asn = column("asn", events.c.asn.type)
    account = column("account", events.c.account.type)
    domain = column("domain", events.c.domain.type)
    queue_id = column("queue_id", events.c.queue_id.type)


def indexed(connection: Connection, query: Select[Any], index_name: str) -> Select[Any]:
    """A query of `Bare` columns, answered by that index. PostgreSQL chooses by itself, and well.

    Args:
        connection: where it will run.
        query: without a FROM.
        index_name: one of the indexes of events, able to answer it.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    return query.select_from(text(f"events INDEXED BY {index_name}" if is_sqlite else "events"))
