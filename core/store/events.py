"""Events: written in batches, found by any of their fields, followed as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text

from core.store.accounts import Accounts
from core.store.counts import Counts
from core.store.database import Database
from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent
from core.store.kinds import Kind, Kinds
from core.store.packed_address import pack, unpack
from core.store.schema import SLOT, events
from core.store.search import Search, place_of
from core.store.text import storable

Change = tuple[int, float, int, int]
"""An event that has grown: its number, and its `last`, `count` and `recipients` from now on."""

_INSERT: Final = (
    "INSERT INTO events (id, at, last, tally, slot, kind, address, country, asn, account, domain, "
    "queue_id, recipients, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GROW: Final = "UPDATE events SET last = ?, tally = ?, recipients = ? WHERE id = ?"
_IN_ONE_QUERY: Final = 500

AnyRow = Row[*tuple[Any, ...]]

_e = events.c


class Events:
    """The events of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds
        self.accounts = Accounts(database)

    def insert(
        self, connection: Connection, inserts: Sequence[Event], kinds: Sequence[int]
    ) -> list[int]:
        """Write events inside a transaction; returns their numbers, in their order.

        Args:
            connection: from `Database.writing`.
            inserts: the events.
            kinds: the number of each one's kind.
        """
        if not inserts:
            return []
        ids = self._next_ids(connection, len(inserts))
        rows = [
            _row(number, event, kind)
            for number, event, kind in zip(ids, inserts, kinds, strict=True)
        ]
        self._database.many(connection, _INSERT, rows)
        return ids

    def grow(self, connection: Connection, changes: Sequence[Change], counts: Counts) -> None:
        """Bring events up to date inside a transaction, and add what that makes more.

        An event that was pruned meanwhile is passed over.
        """
        before: dict[int, AnyRow] = {}
        for start in range(0, len(changes), _IN_ONE_QUERY):
            ids = [change[0] for change in changes[start : start + _IN_ONE_QUERY]]
            query = select(
                _e.id,
                _e.at,
                _e.kind,
                _e.country,
                _e.domain,
                _e.account,
                _e.tally,
                _e.recipients,
            ).where(_e.id.in_(ids))
            before.update((row.id, row) for row in connection.execute(query))
        latest = {change[0]: change for change in changes if change[0] in before}
        rows = []
        for number, last, count, recipients in latest.values():
            old = before[number]
            rows.append((last, count, recipients, number))
            counts.add(
                old.at,
                old.kind,
                country=old.country,
                domain=old.domain,
                account=old.account,
                last=last,
                count=count - old.tally,
                recipients=recipients - old.recipients,
            )
        self._database.many(connection, _GROW, rows)

    def find(
        self,
        wanted: EventFilter,
        limit: int = 100,
        before_id: int | None = None,
        after_id: int | None = None,
    ) -> list[StoredEvent]:
        """Events that fit, newest first: the newest of all, or the page that one belongs to.

        Args:
            wanted: the filter.
            limit: how many at most.
            before_id: the last event of the page before, to go on to what is older.
            after_id: the first event of the page before, to go back to what is newer: those that
                come next after it. Not together with `before_id`.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            known = self._kinds.known(connection)
            before = after = None
            if before_id is not None:
                before = place_of(connection, before_id)
                if before is None:  # pruned since, and so is all that is older
                    return []
            if after_id is not None:
                after = place_of(connection, after_id) or (0.0, 0)  # pruned: all are newer
            search = Search(connection, wanted, self._taken(wanted, known))
            return _stored(search.rows(limit, before, after), known)

    def count(self, wanted: EventFilter, most: int = 10_000) -> int:
        """How many events fit, counted up to `most`: that many means at least that many.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            taken = self._taken(wanted, self._kinds.known(connection))
            return Search(connection, wanted, taken).count(most)

    def _taken(self, wanted: EventFilter, known: dict[int, Kind]) -> list[int] | None:
        """Numbers of the kinds that the filter takes, None when it does not ask for any."""
        if not wanted.asks_for_kinds():
            return None
        return [number for number, kind in known.items() if wanted.takes(kind)]

    def follow(self, after_id: int, limit: int = 1000) -> list[StoredEvent]:
        """Events written after the one with this number, oldest first.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(events).where(_e.id > after_id).order_by(_e.id).limit(limit)
        with self._database.reading() as connection:
            return _stored(connection.execute(query).all(), self._kinds.known(connection))

    def last_id(self) -> int:
        """Number of the event written last, 0 when there is none: where following begins."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(_e.id))).scalar() or 0

    def _next_ids(self, connection: Connection, count: int) -> list[int]:
        if self._database.is_sqlite:
            query = text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
            last = int(connection.execute(query).scalar() or 0)
            return list(range(last + 1, last + count + 1))
        # Not one after the other: a plan may call nextval in any order, but they are ours.
        query = text("SELECT nextval('events_id_seq') FROM generate_series(1, :count)")
        return sorted(int(n) for n in connection.execute(query, {"count": count}).scalars())


def _row(number: int, event: Event, kind: int) -> tuple[Any, ...]:
    address, country, account, domain, queue_id, detail = (
        event.address,
        event.country,
        event.account,
        event.domain,
        event.queue_id,
        event.detail,
    )
    together = f"{address}{country}{account}{domain}{queue_id}{detail}"
    if not together.isascii() or "\0" in together:
        address, country, account, domain, queue_id, detail = map(
            storable, (address, country, account, domain, queue_id, detail)
        )
    return (
        number,
        event.at,
        event.last,
        event.count,
        int(event.at // SLOT),
        kind,
        pack(address),
        country,
        event.asn,
        account,
        domain,
        queue_id,
        event.recipients,
        detail,
    )


def _stored(rows: Iterable[AnyRow], known: dict[int, Kind]) -> list[StoredEvent]:
    found = []
    for row in rows:
        kind = known[row.kind]
        found.append(
            StoredEvent(
                id=row.id,
                at=row.at,
                last=row.last,
                count=row.tally,
                stage=kind.stage,
                service=kind.service,
                verdict=kind.verdict,
                reason=kind.reason,
                check=kind.check,
                address=unpack(row.address),
                country=row.country,
                asn=row.asn,
                account=row.account,
                domain=row.domain,
                would=kind.would,
                queue_id=row.queue_id,
                recipients=row.recipients,
                detail=row.detail,
            )
        )
    return found
