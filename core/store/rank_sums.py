"""The busiest of each slot of time that is over, so that a month is ranked without its events.

Only the busiest of a slot are kept, so a storm from a million addresses leaves no more behind than
a quiet night. What stays below that in every slot is too rare for any ranking. Retention has the
slots summed up, one in a step; until then they are ranked from their events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, insert, literal_column, select

from core.store.database import Database
from core.store.event_index import Bare, indexed
from core.store.kinds import Kind, Kinds, is_sent
from core.store.packed_address import unpack
from core.store.schema import SLOT, events, ranks
from core.words import Reason, Verdict

KEPT: Final = 100
"""How many are kept of a slot, of each field and class."""

LATE: Final = 900.0
"""Seconds after its end before a slot is summed up: events may wait ten minutes for the store."""

MOST_READ: Final = 200_000
"""Events of a ranking that are looked at one by one; of a storm that still goes on, a part."""

MOST_SUMMED: Final = 2_000_000
"""The same when a slot is summed up, which nobody waits for."""

UNKNOWN: Final[dict[str, Any]] = {"address": b"", "asn": 0, "account": ""}
"""What is no key."""

SUMMED: Final = ("address", "asn", "account")
"""Fields that are summed up. Domains and countries are counted in the statistics."""

DONE: Final = ""
"""The field of the row that says that a slot is summed up."""

Query = Select[Any]
Sum = tuple[str, int, int, float]
"""A key with its verdicts, its events and when its last was."""


def is_hostile(kind: Kind) -> bool:
    """Whether such an event tells of somebody unwanted: refused, watched, or a wrong password."""
    refused = kind.verdict is not Verdict.ALLOW
    return refused or kind.reason is Reason.LOGIN_FAILED or bool(kind.would)


def is_ranked(field: str, kind: Kind) -> bool:
    """Whether such an event counts in rankings of that field: mails count for their account."""
    return is_hostile(kind) or (field == "account" and is_sent(kind))


class RankSums:
    """The sums of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds

    def step(self, now: float, since: float = 0.0) -> bool:
        """Sum up one slot that is over, the newest first.

        Args:
            now: seconds since 1970.
            since: what is older is about to be forgotten.

        Returns:
            Whether there are more.

        Raises:
            StoreError: nothing was summed up.
        """
        with self._database.reading() as connection:
            waiting = self._waiting(connection, now, since)
            if not waiting:
                return False
            rows = self._rows(connection, waiting[-1])
        with self._database.writing() as connection:
            self._write(connection, waiting[-1], rows)
        return len(waiting) > 1

    def _write(self, connection: Connection, slot: int, rows: list[dict[str, Any]]) -> None:
        if slot not in summed_up(connection, range(slot, slot + 1)):  # another may be quicker
            connection.execute(insert(ranks), rows)

    def _waiting(self, connection: Connection, now: float, since: float) -> list[int]:
        oldest = connection.execute(select(func.min(events.c.at))).scalar()
        if oldest is None:
            return []
        slots = range(int(max(oldest, since) // SLOT), int((now - LATE) // SLOT))
        done = summed_up(connection, slots)
        return [slot for slot in slots if slot not in done]

    def _rows(self, connection: Connection, slot: int) -> list[dict[str, Any]]:
        known = self._kinds.known(connection)
        hostile = [number for number, kind in known.items() if is_hostile(kind)]
        sent = [n for n, kind in known.items() if is_sent(kind) and not is_hostile(kind)]
        found = [_row(slot, DONE, ("", 0, 0, 0.0), 0)]
        for field, kinds in (*((name, hostile) for name in SUMMED), ("account", sent)):
            where = Where([slot], field, kinds, most=MOST_SUMMED)
            query = where.sums(connection)
            top = query.order_by(query.selected_columns.tally.desc()).limit(KEPT)
            keys = [row.key for row in connection.execute(top)]
            for kind in kinds if keys else []:
                each = Where([slot], field, [kind], keys=keys, most=MOST_SUMMED)
                found += [_row(slot, field, one, kind) for one in each.read(connection)]
        return found


class Where(NamedTuple):
    """Events to sum up.

    Attributes:
        slots: in these slots.
        field: what is told apart.
        kinds: of these kinds.
        first, end: from this moment on, and before that one.
        domains: only of these domains, None for all.
        keys: only with one of these in the field, None for all.
        most: how many at most are looked at.
    """

    slots: Sequence[int]
    field: str
    kinds: Sequence[int]
    first: float = 0.0
    end: float = float(2**62)
    domains: frozenset[str] | None = None
    keys: Sequence[Any] | None = None
    most: int = MOST_READ

    def sums(self, connection: Connection) -> Query:
        """The query."""
        column = getattr(Bare, self.field)
        rows: Query = select(
            column.label("key"), Bare.tally.label("tally"), Bare.last.label("last")
        ).where(
            Bare.slot.in_(self.slots),
            Bare.at >= self.first,
            Bare.at < self.end,
            column != UNKNOWN[self.field],
        )
        if self.keys is not None:
            rows = rows.where(column.in_(self.keys))
        if self.domains is None:
            rows = rows.where(Bare.kind.in_(self.kinds))
        else:  # kind by kind would be too many places of the index for many domains
            rows = rows.where(
                (Bare.kind + literal_column("0")).in_(self.kinds),
                Bare.domain.in_(self.domains),
                Bare.domain != literal_column("''"),
            )
        index_name = "events_kind" if self.domains is None else "events_domain"
        narrow = indexed(connection, rows.limit(self.most), index_name).subquery("narrow").c
        tally, last = narrow["tally"], narrow["last"]
        return select(
            narrow["key"],
            func.sum(tally).label("tally"),
            func.count().label("parts"),
            func.max(last).label("last"),
        ).group_by(narrow["key"])

    def read(self, connection: Connection) -> list[Sum]:
        """What the query finds."""
        if not self.slots or not self.kinds:
            return []
        is_address = self.field == "address"
        return [
            (unpack(row.key) if is_address else str(row.key), int(row.tally), row.parts, row.last)
            for row in connection.execute(self.sums(connection))
        ]


def _row(slot: int, field: str, one: Sum, kind: int) -> dict[str, Any]:
    key, tally, parts, last = one
    return {
        "slot": slot,
        "field": field,
        "key": key,
        "kind": kind,
        "tally": tally,
        "parts": parts,
        "last": last,
    }


def summed_up(connection: Connection, slots: range) -> set[int]:
    """Those of the slots that are summed up."""
    query = select(ranks.c.slot).where(
        ranks.c.slot >= slots.start, ranks.c.slot < slots.stop, ranks.c.field == DONE
    )
    return set(connection.scalars(query))


def from_sums(
    connection: Connection, slots: Sequence[int], field: str, kinds: Sequence[int]
) -> list[Sum]:
    """Sums over slots that are summed up."""
    query: Query = (
        select(
            ranks.c.key,
            func.sum(ranks.c.tally).label("tally"),
            func.sum(ranks.c.parts).label("parts"),
            func.max(ranks.c["last"]).label("last"),
        )
        .where(ranks.c.slot.in_(slots), ranks.c.field == field, ranks.c.kind.in_(kinds))
        .group_by(ranks.c.key)
    )
    rows = connection.execute(query)
    return [(row.key, int(row.tally), int(row.parts), row.last) for row in rows]
