"""The mailboxes that the store has seen, for panels that list none."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Select, func, literal_column, or_, select

from core.settings.account import domain_of
from core.store.database import Database
from core.store.schema import accounts
from core.store.text import storable

DAY: Final = 86400

Query = Select[*tuple[Any, ...]]

_a = accounts.c


class AccountFilter(Struct, frozen=True, kw_only=True):
    """Which accounts are wanted; what is left empty does not matter.

    Attributes:
        domains: the only domains; None for all, empty for none at all.
        prefix: what the name begins with.
        guessed: also names with which nobody has logged in or sent: mostly made up by attackers.
    """

    domains: frozenset[str] | None = None
    prefix: str = ""
    guessed: bool = False


class KnownAccount(Struct, frozen=True):
    """An account that events speak of.

    Attributes:
        name: normalised login name.
        domain: its domain.
        seen: the day on which an event spoke of it last: its beginning in UTC, seconds since 1970.
        proven: the last day on which it logged in or sent, likewise; None for never.
    """

    name: str
    domain: str
    seen: float
    proven: float | None


class AccountList:
    """The accounts that one database knows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, wanted: AccountFilter | None = None, limit: int = 100, after: str = ""
    ) -> list[KnownAccount]:
        """Accounts that fit, by domain and name.

        Args:
            wanted: the filter; None for all mailboxes.
            limit: how many at most.
            after: the name of the last account of the page before; "" for the first page.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(accounts).order_by(_a.domain, _a.name).limit(limit)
        query = query.where(*_conditions(wanted or AccountFilter()))
        if after:
            name, domain = storable(after), storable(domain_of(after))
            query = query.where(_a.domain >= domain, or_(_a.domain > domain, _a.name > name))
        with self._database.reading() as connection:
            return [
                KnownAccount(
                    row.name,
                    row.domain,
                    float(row.day * DAY),
                    float(row.proven * DAY) if row.proven else None,
                )
                for row in connection.execute(query)
            ]

    def count(self, wanted: AccountFilter | None = None) -> int:
        """How many accounts fit.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(func.count()).select_from(accounts)
        query = query.where(*_conditions(wanted or AccountFilter()))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


def _conditions(wanted: AccountFilter) -> list[Any]:
    conditions: list[Any] = []
    if not wanted.guessed:  # written out, so that SQLite sees that the partial index will do
        conditions.append(_a.proven > literal_column("0"))
    if wanted.domains is not None:
        conditions.append(_a.domain.in_(wanted.domains))
    if wanted.prefix:
        start = storable(wanted.prefix.strip().lower())
        conditions.append(_a.name.startswith(start, autoescape=True))
    return conditions
