"""The history of send blocks: which were, why, and who ended them early.

What stands now on this server is the ledger's to say (`core.store.ledger`); this is what people
look at, of all servers that share a store.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, select, update

from core.settings.account import domain_of
from core.store.accounts import like
from core.store.block import Block
from core.store.database import Database
from core.store.schema import blocks
from core.store.text import storable

AnyRow = Row[*tuple[Any, ...]]
Query = Select[*tuple[Any, ...]]

_b = blocks.c
_INSERT = (
    "INSERT INTO blocks (account, domain, started, until, seconds, reason, evidence) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, started) DO NOTHING"
)


class PastBlock(Block, frozen=True, kw_only=True):
    """A block in the history.

    Attributes:
        id: grows with every block.
        domain: the account's domain.
        released_at: when it was ended early, None when it was not.
        released_by: by whom, "" when it was not.
    """

    id: int
    domain: str
    released_at: float | None = None
    released_by: str = ""


class BlockFilter(Struct, frozen=True, kw_only=True):
    """Which blocks are wanted; what is left empty does not matter.

    Attributes:
        account: a login name in which ``*`` stands for any text.
        domains: the only domains; None for all, empty for none at all.
        since, until: begun from this second on, and before that one.
    """

    account: str = ""
    domains: frozenset[str] | None = None
    since: float | None = None
    until: float | None = None


class BlockHistory:
    """The blocks of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def opened(self, *begun: Block) -> None:
        """Note blocks. One that is noted already is passed over, so repeating does no harm.

        Raises:
            StoreError: nothing was written.
        """
        rows = [
            (
                storable(block.account),
                storable(domain_of(block.account)),
                block.started,
                block.until,
                block.seconds,
                storable(block.reason),
                storable(block.evidence),
            )
            for block in begun
        ]
        with self._database.writing() as connection:
            self._database.many(connection, _INSERT, rows)

    def released(self, account: str, at: float, by: str) -> bool:
        """Note that an account's standing blocks were ended early.

        Args:
            account: normalised login name.
            at: when, seconds since 1970.
            by: who did it.

        Returns:
            False when none was standing.

        Raises:
            StoreError: nothing was written.
        """
        standing = (_b.account == storable(account), _b.until > at, _b.released_at.is_(None))
        change = update(blocks).where(*standing).values(released_at=at, released_by=storable(by))
        with self._database.writing() as connection:
            return connection.execute(change).rowcount > 0

    def standing(self, now: float) -> list[PastBlock]:
        """Blocks that are not over, the one that ends last first.

        Args:
            now: seconds since 1970.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(blocks).where(_b.until > now, _b.released_at.is_(None))
        return self._read(query.order_by(_b.until.desc(), _b.id.desc()))

    def history(
        self, wanted: BlockFilter | None = None, limit: int = 100, before_id: int | None = None
    ) -> list[PastBlock]:
        """Blocks that fit, newest first.

        Args:
            wanted: the filter; None for all.
            limit: how many at most.
            before_id: the last block of the page before; None for the first page.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = wanted or BlockFilter()
        query: Query = select(blocks).order_by(_b.id.desc()).limit(limit)
        if wanted.account:
            query = query.where(like(_b.account, wanted.account.strip().lower()))
        if wanted.domains is not None:
            query = query.where(_b.domain.in_(wanted.domains))
        if wanted.since is not None:
            query = query.where(_b.started >= wanted.since)
        if wanted.until is not None:
            query = query.where(_b.started < wanted.until)
        if before_id is not None:
            query = query.where(_b.id < before_id)
        return self._read(query)

    def _read(self, query: Query) -> list[PastBlock]:
        with self._database.reading() as connection:
            return [_past(row) for row in connection.execute(query)]


def _past(row: AnyRow) -> PastBlock:
    return PastBlock(
        id=row.id,
        account=row.account,
        domain=row.domain,
        started=row.started,
        until=row.until,
        seconds=row.seconds,
        reason=row.reason,
        evidence=row.evidence,
        released_at=row.released_at,
        released_by=row.released_by or "",
    )
