"""What was counted by country: logins, refusals, wrong passwords and mails of a period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from core.store.event_filter import EventFilter
from core.store.kinds import Kind, is_login, is_sent
from core.store.statistics import Group, StatisticsFilter, Total
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

View = Literal["logins", "refused", "mails"]

VIEWS: Final[tuple[View, ...]] = ("logins", "refused", "mails")

_GROUPS: Final[tuple[Group, ...]] = (
    "country",
    "stage",
    "service",
    "verdict",
    "reason",
    "would",
)


class CountryCounts(Struct):
    """One country.

    Attributes:
        code: ISO 3166 alpha-2, "" when unknown.
        logins: those that came through; `watched` are those of them that a check which only
            watches would have refused.
        refused: refusals before and after the password.
        failed: wrong passwords that were let try.
        mails: mails that were accepted.
    """

    code: str
    logins: int = 0
    watched: int = 0
    refused: int = 0
    failed: int = 0
    mails: int = 0

    def of(self, view: View) -> int:
        """What a view of the page is about."""
        return {"logins": self.logins, "refused": self.refused, "mails": self.mails}[view]

    @property
    def is_empty(self) -> bool:
        """Whether nothing came from there."""
        return not (self.logins or self.refused or self.failed or self.mails)


def counts(
    store: Store, since: float, until: float, domains: frozenset[str] | None = None
) -> list[CountryCounts]:
    """What came from each country, in the order of their codes; nothing for one without any.

    Args:
        store: where it is counted.
        since, until: the period, seconds since 1970. Of single domains, the days of UTC that it
            touches count whole.
        domains: the only domains; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = StatisticsFilter(since=since, until=until, domains=domains)
    return _summed(store.statistics.totals(wanted, _GROUPS))


def _summed(totals: Iterable[Total]) -> list[CountryCounts]:
    found: dict[str, CountryCounts] = {}
    for total in totals:
        code, *words = map(str, total.key)
        kind = _kind(words)
        if kind is not None:
            _add(found.setdefault(code, CountryCounts(code)), kind, total.count)
    return [each for each in found.values() if not each.is_empty]


def _add(line: CountryCounts, kind: Kind, count: int) -> None:
    if is_login(kind):
        line.logins += count
        line.watched += count if kind.would else 0
    elif is_sent(kind):
        line.mails += count
    elif kind.reason is Reason.LOGIN_FAILED:
        line.failed += count
    elif kind.stage is not Stage.SEND and kind.verdict is not Verdict.ALLOW:
        line.refused += count


def _kind(words: list[str]) -> Kind | None:
    """The kind that a line of totals is of; None for words that only another version knows."""
    stage, service, verdict, reason, would = words
    try:
        return Kind(Stage(stage), Service(service), Verdict(verdict), Reason(reason), "", would)
    except ValueError:
        return None


def last_seen(
    store: Store, code: str, since: float, domains: frozenset[str] | None = None
) -> float | None:
    """When anything came from a country last, seconds since 1970; None when no event tells.

    Args:
        store: where events are.
        code: the country.
        since: no earlier than this.
        domains: the only domains; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = EventFilter(countries=frozenset({code}), since=since, domains=domains)
    found = store.events.find(wanted, 1)
    return found[0].last if found else None
