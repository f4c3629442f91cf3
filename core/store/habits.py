"""Who logs in from where: what a new rule for countries would have refused, and what is unusual.

Only logins that came through and refusals are counted; guesses at passwords are neither.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, case, func, select

from core.store.accounts import like
from core.store.database import Database
from core.store.piece import ALL
from core.store.schema import habits
from core.store.text import storable
from core.store.weeks import DaySpan

DAY: Final = 86400

Query = Select[*tuple[Any, ...]]

_h = habits.c


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
        last: when the last of the logins was, or with `HabitFilter.with_refused` of all, seconds
            since 1970. It is known by week: it may lie behind the end of the period.
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
        logins: sum of theirs.
        refused: refusals that fit, also of accounts that have no login.
        lines: how many habits there are: what `Habits.find` would return without a limit.
    """

    accounts: int
    logins: int
    refused: int
    lines: int


class Habits:
    """The habits of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, wanted: HabitFilter, limit: int = 100, offset: int = 0) -> list[Habit]:
        """Habits that fit, most logins first. With `HabitFilter.with_refused`, then most refusals.

        Args:
            wanted: the filter.
            limit: how many at most.
            offset: how many to pass over.

        Raises:
            StoreError: the store cannot be read.
        """
        span = days_of(wanted.since, wanted.until)
        if not span:
            return []
        sums = _sums(wanted, span).subquery("sums")
        order = [sums.c.logins.desc(), sums.c.account, sums.c.country]
        refused: ColumnElement[Any] = _refusals_of(sums, span).label("refused")
        if wanted.with_refused:
            order.insert(1, sums.c.refused.desc())
            refused = sums.c.refused
        names = (sums.c.account, sums.c.domain, sums.c.country, sums.c.logins, sums.c.last)
        query = select(*names, refused).order_by(*order).limit(limit).offset(offset)
        with self._database.reading() as connection:
            return [
                Habit(
                    account=row.account,
                    domain=row.domain,
                    country=row.country,
                    logins=int(row.logins),
                    refused=int(row.refused),
                    last=row.last,
                )
                for row in connection.execute(query)
            ]

    def count(self, wanted: HabitFilter) -> HabitCount:
        """How many accounts and logins fit.

        Raises:
            StoreError: the store cannot be read.
        """
        span = days_of(wanted.since, wanted.until)
        if not span:
            return HabitCount(0, 0, 0, 0)
        sums = _sums(wanted, span).subquery("sums")
        lines = select(
            func.count(sums.c.account.distinct()),
            func.coalesce(func.sum(sums.c.logins), 0),
            func.count(),
        )
        refusals = select(func.coalesce(func.sum(span.total(habits, "tally")), 0)).where(
            *_conditions(wanted, span), _h.refused == 1
        )
        with self._database.reading() as connection:
            accounts, logins, count = map(int, connection.execute(lines).one())
            refused = int(connection.execute(refusals).scalar_one())
        return HabitCount(accounts, logins, refused, count)


def _sums(wanted: HabitFilter, span: DaySpan) -> Query:
    columns = (_h.account, _h.domain, _h.country, _h.refused, _h.last)
    rows: Query = select(*columns, span.total(habits, "tally").label("tally"))
    rows = rows.where(*_conditions(wanted, span)).limit(ALL)
    if not wanted.with_refused:
        rows = rows.where(_h.refused == 0)
    narrow = rows.subquery("narrow").c
    sums: list[ColumnElement[Any]] = [func.sum(narrow.tally).label("logins")]
    if wanted.with_refused:
        sums = [
            func.sum(case((narrow.refused == refused, narrow.tally), else_=0)).label(name)
            for refused, name in enumerate(("logins", "refused"))
        ]
    names = (narrow.domain, narrow.account, narrow.country)
    query: Query = select(*names, *sums, func.max(narrow.last).label("last"))
    return query.group_by(*names).having(func.sum(narrow.tally) > 0)


def _refusals_of(sums: Subquery, span: DaySpan) -> ScalarSelect[Any]:
    """Refusals of the account from the same country; asked only for the lines that are shown."""
    other = habits.alias("other")
    return (
        select(func.coalesce(func.sum(span.total(other, "tally")), 0))
        .where(
            span.touched_by(other.c.week),
            other.c.refused == 1,
            other.c.domain == sums.c.domain,
            other.c.account == sums.c.account,
            other.c.country == sums.c.country,
        )
        .scalar_subquery()
    )


def _conditions(wanted: HabitFilter, span: DaySpan) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [span.touched_by(_h.week)]
    domains = wanted.domains
    name = wanted.account.strip().lower()
    if name:
        _, at, domain = name.rpartition("@")
        if at and "*" not in domain:
            domains = frozenset({domain}) if domains is None else domains & {domain}
        conditions.append(like(_h.account, name) if "*" in name else _h.account == storable(name))
    if domains is not None:
        conditions.append(_h.domain.in_(map(storable, domains)))
    if wanted.countries is not None:
        conditions.append(_h.country.in_(wanted.countries))
    return conditions


def days_of(since: float, until: float) -> DaySpan:
    """The days of UTC that a period touches."""
    return DaySpan(int(since // DAY), -int(-until // DAY))
