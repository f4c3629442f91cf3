"""Old logs that were counted as if somebody had been there, and how far.

What a log says is counted, and that it is counted is written down, in one transaction: nothing is
counted twice, and nothing half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, func, select

from core.store.accounts import Accounts
from core.store.counts import HOUR, Counts
from core.store.database import Database
from core.store.event import Event
from core.store.kinds import Kind, Kinds
from core.store.schema import events, hourly, replays
from core.store.text import storable

OWN: Final = ""
"""Fingerprint of the row that says since when Mailward itself was there."""

_NOTE: Final = (
    "INSERT INTO replays (fingerprint, dialect, name, since, until, at, octets, lines) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET "
    "since = CASE WHEN excluded.since < replays.since THEN excluded.since ELSE replays.since END, "
    "until = CASE WHEN excluded.until > replays.until THEN excluded.until ELSE replays.until END, "
    "octets = CASE WHEN excluded.octets > replays.octets THEN excluded.octets "
    "ELSE replays.octets END, "
    "name = excluded.name, at = excluded.at, lines = replays.lines + excluded.lines"
)


class Replayed(Struct, frozen=True):
    """A log that was counted.

    Attributes:
        fingerprint: tells it from every other, by whatever name.
        dialect: of its lines.
        name: as which it was given last.
        since, until: the first and the last time that was counted, seconds since 1970.
        at: when it was counted last.
        octets: how much of it was counted as a whole, unpacked; 0 while it was broken off.
        lines: how many lines were counted.
    """

    fingerprint: str
    dialect: str
    name: str
    since: float
    until: float
    at: float
    octets: int = 0
    lines: int = 0


class Counted(NamedTuple):
    """What is counted together.

    Attributes:
        hour: since 1970.
        kind: of the events that it would have been.
        country: ISO 3166 alpha-2 code, "" when unknown.
        account: normalised name; "" where it does not matter to the counts.
        domain: the account's.
    """

    hour: int
    kind: Kind
    country: str
    account: str
    domain: str


class Sum(Struct):
    """How often, to how many recipients, and when last."""

    count: int = 0
    recipients: int = 0
    last: float = 0.0


class Replays:
    """The replayed logs of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds
        self._accounts = Accounts(database)

    def known(self) -> list[Replayed]:
        """All logs that were counted.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(replays).where(replays.c.fingerprint != OWN).order_by(replays.c.since)
        with self._database.reading() as connection:
            return [Replayed(**row._mapping) for row in connection.execute(query)]

    def own_since(self, now: float) -> float:
        """Since when Mailward itself was there: what is later, it has counted as it happened.

        Args:
            now: seconds since 1970; the answer while nothing was counted.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            return _own_since(connection, now)

    def count(
        self,
        sums: Mapping[Counted, Sum],
        logs: Sequence[Replayed],
        now: float,
        proven: Iterable[Event] = (),
    ) -> None:
        """Count, and write down that it is counted.

        Args:
            sums: what to count.
            logs: from which logs, and how far they are counted by it; `lines` are those more.
            now: seconds since 1970.
            proven: an event for each account and day that is known by it.

        Raises:
            StoreError: nothing was counted; the same call may be made again.
        """
        keys = list(sums)
        numbers = self._kinds.numbers([key.kind for key in keys])
        fresh = self._accounts.fresh(proven)
        with self._database.writing() as connection:
            own = _own_since(connection, now)
            counts = Counts(self._kinds.known(connection))
            for key, kind in zip(keys, numbers, strict=True):
                found = sums[key]
                counts.add(
                    key.hour * HOUR,
                    kind,
                    country=key.country,
                    domain=key.domain,
                    account=key.account,
                    last=found.last,
                    count=found.count,
                    recipients=found.recipients,
                )
            counts.write(self._database, connection)
            self._accounts.note(connection, fresh)
            rows = [_row(Replayed(OWN, "", "", own, own, now)), *map(_row, logs)]
            self._database.many(connection, _NOTE, rows)
        self._accounts.noted(fresh)


def _own_since(connection: Connection, now: float) -> float:
    query = select(replays.c.since).where(replays.c.fingerprint == OWN)
    known = connection.execute(query).scalar()
    if known is not None:
        return float(known)
    event = connection.execute(select(func.min(events.c.at))).scalar()
    hour = connection.execute(select(func.min(hourly.c.hour))).scalar()
    if hour is None:
        return now
    begin = float(hour) * HOUR
    return float(event) if event is not None and event - begin < HOUR else begin


def _row(log: Replayed) -> tuple[object, ...]:
    return (
        log.fingerprint,
        log.dialect,
        storable(log.name),
        log.since,
        log.until,
        log.at,
        log.octets,
        log.lines,
    )
