"""The history of signals: what made accounts look stolen, what was done, and who closed them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, func, select, update

from core.settings.account import domain_of
from core.store.accounts import like
from core.store.database import Database
from core.store.schema import signals
from core.store.signal import Closed, NotedSignal
from core.store.text import storable

Query = Select[*tuple[Any, ...]]

_s = signals.c
_NOTE: Final = (
    "INSERT INTO signals "
    "(at, last, account, domain, kind, evidence, countries, action, told) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, kind, at) DO UPDATE SET "
    "last = excluded.last, evidence = excluded.evidence, countries = excluded.countries, "
    "action = excluded.action, told = excluded.told"
)


class PastSignal(NotedSignal, frozen=True, kw_only=True):
    """A signal in the history.

    Attributes:
        id: grows with every signal.
        domain: the account's domain.
        closed_at, closed_by, closed_as: when, by whom and as what it was closed; None and "" while
            it is open.
    """

    id: int
    domain: str
    closed_at: float | None = None
    closed_by: str = ""
    closed_as: str = ""


class SignalFilter(Struct, frozen=True, kw_only=True):
    """Which signals are wanted; what is left empty does not matter.

    Attributes:
        account: a login name in which ``*`` stands for any text.
        domains: the only domains; None for all, empty for none at all.
        kinds: the only kinds.
        open: only those that are open, or only those that are not.
        since: seen after this second.
    """

    account: str = ""
    domains: frozenset[str] | None = None
    kinds: frozenset[str] = frozenset()
    open: bool | None = None
    since: float | None = None


class SignalHistory:
    """The signals of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, *seen: NotedSignal) -> None:
        """Write signals, or what has become of them; repeating does no harm.

        Raises:
            StoreError: nothing was written.
        """
        rows = [
            (
                each.at,
                each.last,
                storable(each.account),
                storable(domain_of(each.account)),
                each.kind,
                storable(each.evidence),
                " ".join(each.countries),
                each.action,
                each.told,
            )
            for each in seen
        ]
        with self._database.writing() as connection:
            self._database.many(connection, _NOTE, rows)

    def close(self, account: str, at: float, by: str, closed: Closed) -> int:
        """Close all open signals of an account; returns how many there were.

        Args:
            account: normalised login name.
            at: when, seconds since 1970.
            by: who did it.
            closed: as what.

        Raises:
            StoreError: nothing was written.
        """
        change = update(signals).where(_s.account == storable(account), _s.closed_at.is_(None))
        change = change.values(closed_at=at, closed_by=storable(by), closed_as=closed)
        with self._database.writing() as connection:
            return connection.execute(change).rowcount

    def find(
        self, wanted: SignalFilter | None = None, limit: int = 100, before_id: int | None = None
    ) -> list[PastSignal]:
        """Signals that fit, newest first.

        Args:
            wanted: the filter; None for all.
            limit: how many at most.
            before_id: the last signal of the page before; None for the first page.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(signals).where(*_conditions(wanted or SignalFilter()))
        if before_id is not None:
            query = query.where(_s.id < before_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_s.id.desc()).limit(limit))
            return [_past(row) for row in rows]

    def count(self, wanted: SignalFilter | None = None) -> int:
        """How many signals fit.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(func.count()).select_from(signals)
        with self._database.reading() as connection:
            found = connection.execute(query.where(*_conditions(wanted or SignalFilter())))
            return int(found.scalar_one())


def _conditions(wanted: SignalFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.account:
        name = wanted.account.strip().lower()
        conditions.append(like(_s.account, name) if "*" in name else _s.account == storable(name))
    if wanted.domains is not None:
        conditions.append(_s.domain.in_(_stored(wanted.domains)))
    if wanted.kinds:
        conditions.append(_s.kind.in_(_stored(wanted.kinds)))
    if wanted.open is not None:
        conditions.append(_s.closed_at.is_(None) if wanted.open else _s.closed_at.is_not(None))
    if wanted.since is not None:
        conditions.append(_s.last >= wanted.since)
    return conditions


def _stored(texts: Collection[str]) -> list[str]:
    return [storable(each) for each in texts]


def _past(row: Row[*tuple[Any, ...]]) -> PastSignal:
    return PastSignal(
        id=row.id,
        at=row.at,
        last=row.last,
        account=row.account,
        domain=row.domain,
        kind=row.kind,
        evidence=row.evidence,
        countries=tuple(row.countries.split()),
        action=row.action,
        told=row.told,
        closed_at=row.closed_at,
        closed_by=row.closed_by or "",
        closed_as=row.closed_as or "",
    )
