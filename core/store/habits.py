"""Who logs in from where: what a new rule for countries would have refused, and what is unusual.

Only logins that came through and refusals are counted; guesses at passwords are neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Select, case, func, select

from core.store.accounts import like
from core.store.database import Database
from core.store.kinds import Kind, Kinds, is_login, is_refused_login
from core.store.schema import events

DAY: Final = 86400

Query = Select[*tuple[Any, ...]]

_e = events.c


class HabitFilter(Struct, frozen=True, kw_only=True):
    """Which habits are wanted; what is left empty does not matter.

    Attributes:
        since: from this second on; the day of UTC that it lies in counts whole.
        until: before this second; likewise.
        countries: the only ones, "" for unknown; None for all, empty for none at all.
        domains: the only domains; None for all, empty for none at all.
        account: a login name in which ``*`` stands for any text.
        with_refused: also accounts that were only ever refused from there, among them those that
            attackers made up.
    """

    since: float
    until: float
    countries: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    account: str = ""
    with_refused: bool = False


class Habit(Struct, frozen=True):
    """How often one account came from one country.

    Attributes:
        account: normalised login name.
        domain: its domain.
        country: ISO 3166 alpha-2 code, "" when unknown.
        logins: logins that came through.
        refused: refusals at stage auth.
        last: when the last of them was, seconds since 1970.
    """

    account: str
    domain: str
    country: str
    logins: int
    refused: int
    last: float


class HabitCount(Struct, frozen=True):
    """All habits that fit, together.

    Attributes:
        accounts: different accounts among them.
        logins, refused: sums of theirs.
        lines: how many habits there are: what `Habits.find` would return without a limit.
    """

    accounts: int
    logins: int
    refused: int
    lines: int


class Habits:
    """The habits of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds

    def find(self, wanted: HabitFilter, limit: int = 100, offset: int = 0) -> list[Habit]:
        """Habits that fit, most logins first, then most refusals.

        Args:
            wanted: the filter.
            limit: how many at most.
            offset: how many to pass over.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            sums = self._sums(wanted, self._kinds.known(connection)).subquery()
            order = (sums.c.logins.desc(), sums.c.refused.desc(), sums.c.account, sums.c.country)
            query = select(sums).order_by(*order).limit(limit).offset(offset)
            return [
                Habit(
                    row.account,
                    row.domain,
                    row.country,
                    int(row.logins),
                    int(row.refused),
                    row.last,
                )
                for row in connection.execute(query)
            ]

    def count(self, wanted: HabitFilter) -> HabitCount:
        """How many accounts and logins fit.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            sums = self._sums(wanted, self._kinds.known(connection)).subquery()
            query = select(
                func.count(sums.c.account.distinct()),
                func.coalesce(func.sum(sums.c.logins), 0),
                func.coalesce(func.sum(sums.c.refused), 0),
                func.count(),
            )
            return HabitCount(*map(int, connection.execute(query).one()))

    def _sums(self, wanted: HabitFilter, known: dict[int, Kind]) -> Query:
        logins = [number for number, kind in known.items() if is_login(kind)]
        refused = [number for number, kind in known.items() if is_refused_login(kind)]
        first, end = days_of(wanted.since, wanted.until)
        through = _tally(logins)
        query: Query = (
            select(
                _e.account,
                _e.domain,
                _e.country,
                through.label("logins"),
                _tally(refused).label("refused"),
                func.max(_e.last).label("last"),
            )
            .where(_e.at >= first * DAY, _e.at < end * DAY)
            .where(_e.account != "", _e.kind.in_([*logins, *refused]))
            .group_by(_e.account, _e.domain, _e.country)
        )
        if wanted.countries is not None:
            query = query.where(_e.country.in_(wanted.countries))
        if wanted.domains is not None:
            query = query.where(_e.domain.in_(wanted.domains))
        if wanted.account:
            query = query.where(like(_e.account, wanted.account.strip().lower()))
        return query if wanted.with_refused else query.having(through > 0)


def days_of(since: float, until: float) -> tuple[int, int]:
    """The first day of UTC that a period touches, and the one after the last."""
    return int(since // DAY), -int(-until // DAY)


def _tally(kinds: Sequence[int]) -> Any:
    return func.sum(case((_e.kind.in_(kinds), _e.tally), else_=0))
