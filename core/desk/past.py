"""Logins and attempts of the last weeks, by country, as far as one scope's rules concern them.

Reads what `core.store` counts; what rules say to it is `core.desk.preview`'s business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from core.settings.account import domain_of
from core.settings.scope import Resolved, Scope
from core.store.habits import Habit, HabitFilter
from core.store.kinds import AFTER_PASSWORD
from core.store.statistics import Group, StatisticsFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict

DAY: Final = 86_400

MOST_COUNTRIES: Final = 300
"""More than there are."""


class Past:
    """What was counted of those whom a scope's rules concern.

    Args:
        store: where it is counted.
        scope: whose rules.
        resolved: the settings in force, which say how long events are kept.
        now: seconds since 1970.
        days: length of the period.
        domains: the only domains to look at; None for all.

    Attributes:
        since: begin of the period, seconds since 1970; later than asked for where events are not
            kept for so long.
        anybody: a login name that stands for whoever attacks the scope.

    Raises:
        StoreError: the store cannot be read.
    """

    def __init__(
        self,
        store: Store,
        scope: Scope,
        resolved: Resolved,
        now: float,
        days: int,
        domains: Collection[str] | None,
    ) -> None:
        self._store = store
        self._until = now
        # Habits are counted by day, and both must speak of the same time.
        self.since = float((now - min(days, resolved.server.keep.event_days) * DAY) // DAY * DAY)
        self._mailbox = scope.name if scope.level == "mailbox" else ""
        domain = domain_of(scope.name) if self._mailbox else scope.name
        self.anybody = self._mailbox or (f"@{domain}" if domain else "")
        self._domains = None if domains is None else frozenset(domains)
        if domain:
            self._domains = frozenset({domain}) & (self._domains or frozenset({domain}))
        self._totals = self._read_totals()

    def _read_totals(self) -> list[tuple[str, bool, int]]:
        """Each country, whether it was an attempt, and how often."""
        wanted = StatisticsFilter(
            since=self.since,
            until=self._until,
            domains=self._domains,
            stages=frozenset({Stage.CONNECT, Stage.AUTH}),
        )
        by: tuple[Group, ...] = ("country", "stage", "service", "verdict", "reason")
        return [
            (str(total.key[0]), _is_attempt(*map(str, total.key[1:])), total.count)
            for total in self._store.statistics.totals(wanted, by)
        ]

    @property
    def countries(self) -> set[str]:
        """From where anybody came."""
        return {country for country, _, _ in self._totals}

    def attempts(self) -> dict[str, int]:
        """Attackers' attempts by country. Of a single mailbox, its refusals are all that counts."""
        found: dict[str, int] = defaultdict(int)
        if self._mailbox:
            for each in self.habits(self.countries, MOST_COUNTRIES, with_refused=True):
                found[each.country] += each.refused
        for country, is_attempt, count in self._totals:
            if is_attempt and not self._mailbox:
                found[country] += count
        return found

    def habits(self, countries: Iterable[str], most: int, *, with_refused: bool) -> list[Habit]:
        """Who came from these countries.

        Args:
            countries: ISO 3166 alpha-2 codes, "" for unknown.
            most: how many lines at most, those with the most logins.
            with_refused: also who never came through from there.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = HabitFilter(
            since=self.since,
            until=self._until,
            countries=frozenset(countries),
            domains=self._domains,
            account=self._mailbox,
            with_refused=with_refused,
        )
        if not wanted.countries:
            return []
        found = self._store.habits.find(wanted, most)
        # The filter takes ``*`` for any text, and a mailbox may be called so.
        return [each for each in found if not self._mailbox or each.account == self._mailbox]


def _is_attempt(stage: str, service: str, verdict: str, reason: str) -> bool:
    """Whether somebody was stopped, by us or by a wrong password, who has not shown a right one."""
    if reason == Reason.LOGIN_FAILED:
        return True
    return verdict != Verdict.ALLOW and (stage == Stage.CONNECT or service not in AFTER_PASSWORD)
