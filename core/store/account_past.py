"""What an account did before: from where it is known, and how much it has sent.

Asked for few accounts: those that just logged in for the first time since the daemon began, and
those that send more than most people ever do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, func, select

from core.settings.account import domain_of
from core.store.database import Database
from core.store.kinds import Kinds, is_sent
from core.store.schema import SLOT, events, habits, signals
from core.store.text import storable
from core.store.weeks import DaySpan, names, numbers
from core.words import SignalKind

DAY: Final = 86400
HOUR: Final = 3600

DAYS: Final = 30
"""How far it is looked back."""

HOME_DAYS: Final = 2
"""Days on which logins must have come from a country for an account to be known from there."""

WEAK: Final = (SignalKind.NEW_COUNTRY, SignalKind.NEW_NETWORK)
"""Signals that say nothing against a country."""

Query = Select[*tuple[Any, ...]]

_h, _e, _s = habits.c, events.c, signals.c


class SentBefore(Struct, frozen=True):
    """What an account has sent.

    Attributes:
        mails, recipients: of its busiest hour.
        days: since when anything is known of the account.
    """

    mails: int
    recipients: int
    days: int


class AccountPast:
    """The past of the accounts of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds

    def homes(self, accounts: Collection[str], now: float) -> dict[str, tuple[str, ...]]:
        """The countries from which each account is known.

        Those from which it logged in on two days before today, without those of signals that
        nobody closed as the owner's; and those that somebody confirmed.

        Args:
            accounts: normalised names.
            now: seconds since 1970.

        Raises:
            StoreError: the store cannot be read.
        """
        stored = {storable(account): account for account in accounts}
        if not stored:
            return {}
        days: dict[tuple[str, str], int] = defaultdict(int)
        with self._database.reading() as connection:
            for name, country, count in self._visits(connection, stored, now):
                days[name, country] += count
            confirmed, doubted = self._judged(connection, stored, now)
        return {
            account: tuple(
                sorted(
                    {
                        country
                        for (one, country), n in days.items()
                        if one == name and n >= HOME_DAYS
                    }
                    - doubted[name]
                    | confirmed[name]
                )
            )
            for name, account in stored.items()
        }

    def _visits(
        self, connection: Connection, stored: Collection[str], now: float
    ) -> list[tuple[str, str, int]]:
        """Account, country, and on how many days of a week it logged in from there."""
        today = int(now // DAY)
        span = DaySpan(today - DAYS, today)
        query: Query = select(_h.week, _h.account, _h.country, *(_h[n] for n in names("tally")))
        query = query.where(
            span.touched_by(_h.week),
            _h.refused == 0,
            _h.domain.in_({storable(domain_of(name)) for name in stored}),
            _h.account.in_(list(stored)),
            _h.country != "",
        )
        return [
            (row[1], row[2], sum(row[3 + day] > 0 for day, _ in span.days(row[0])))
            for row in connection.execute(query)
        ]

    def _judged(
        self, connection: Connection, stored: Collection[str], now: float
    ) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        confirmed: dict[str, set[str]] = defaultdict(set)
        doubted: dict[str, set[str]] = defaultdict(set)
        query: Query = select(_s.account, _s.countries, _s.closed_as).where(
            _s.account.in_(list(stored)), _s.kind.not_in(WEAK), _s.last >= now - DAYS * DAY
        )
        for row in connection.execute(query):
            found = confirmed if row.closed_as == "owner" else doubted
            found[row.account].update(row.countries.split())
        return confirmed, doubted

    def sent(self, account: str, now: float) -> SentBefore | None:
        """What an account has sent until a day ago; None when nothing at all is known of it.

        Args:
            account: normalised name.
            now: seconds since 1970.

        Raises:
            StoreError: the store cannot be read.
        """
        name = storable(account)
        since, until = now - DAYS * DAY, now - DAY
        with self._database.reading() as connection:
            sending = [n for n, kind in self._kinds.known(connection).items() if is_sent(kind)]
            first = self._first_login(connection, name, now)
            slots = select(numbers(int(since // SLOT), int(until // SLOT) + 1))
            query: Query = select(_e.at, _e.tally, _e.recipients).where(
                _e.slot.in_(slots),
                _e.account == name,
                _e.kind.in_(sending),
                _e.at >= since,
                _e.at < until,
            )
            mails: dict[int, int] = defaultdict(int)
            recipients: dict[int, int] = defaultdict(int)
            for at, tally, many in connection.execute(query):
                mails[int(at // HOUR)] += tally
                recipients[int(at // HOUR)] += max(tally, many)
                first = at if first is None else min(first, at)
        if first is None:
            return None
        return SentBefore(
            max(mails.values(), default=0),
            max(recipients.values(), default=0),
            int((now - first) // DAY),
        )

    def _first_login(self, connection: Connection, name: str, now: float) -> float | None:
        """The beginning of the first week in which the account logged in."""
        today = int(now // DAY)
        span = DaySpan(today - DAYS, today)
        query: Query = select(func.min(_h.week)).where(
            span.touched_by(_h.week),
            _h.refused == 0,
            _h.domain == storable(domain_of(name)),
            _h.account == name,
        )
        week = connection.execute(query).scalar()
        return None if week is None else min(now, (int(week) + 1) * 7.0 * DAY)
