"""How many logins and mails: the few numbers that customers want of the many that are counted.

What was decided before the password belongs to no domain and is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeVar

from msgspec import Struct

from core.store.kinds import Kind, is_login, is_refused_login, is_sent
from core.store.statistics import Group, StatisticsFilter
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict, Word

DAY: Final = 86_400

_KIND: Final[tuple[Group, ...]] = ("stage", "service", "verdict", "reason", "would")

AnyWord = TypeVar("AnyWord", bound=Word)


class Tally(Struct):
    """The numbers of a domain, or of a stretch of time.

    Attributes:
        logins: that came through, watched ones among them.
        watched: logins that a rule which only watches would have refused.
        refused: logins that were refused.
        mails: that were sent.
        held: mails that were refused, because the mailbox was blocked.
    """

    logins: int = 0
    watched: int = 0
    refused: int = 0
    mails: int = 0
    held: int = 0

    @property
    def plain(self) -> int:
        """Logins that nothing was against."""
        return max(0, self.logins - self.watched)

    def add(self, kind: Sequence[str], count: int) -> None:
        """Add what was counted of one kind."""
        for name in _names(*map(str, kind)):
            setattr(self, name, getattr(self, name) + count)

    def add_all(self, other: Tally) -> None:
        """Add another tally."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def by_domain(
    store: Store, since: float, until: float, domains: frozenset[str] | None
) -> dict[str, Tally]:
    """The numbers of each domain; none for one of which nothing was counted.

    Args:
        store: with the counts.
        since, until: the period, seconds since 1970.
        domains: the only ones; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    found = _by("domain", store, since, until, domains)
    found.pop("", None)  # what was decided before anybody knew the account
    return found


def by_country(
    store: Store, since: float, until: float, domains: frozenset[str] | None
) -> dict[str, Tally]:
    """The numbers of each country by its code, "" where it is unknown; as `by_domain`.

    Raises:
        StoreError: the store cannot be read.
    """
    return _by("country", store, since, until, domains)


def _by(
    group: Group, store: Store, since: float, until: float, domains: frozenset[str] | None
) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    wanted = StatisticsFilter(since=since, until=until, domains=domains)
    for total in store.statistics.totals(wanted, (group, *_KIND)):
        key, *kind = map(str, total.key)
        found.setdefault(key, Tally()).add(kind, total.count)
    return found


def by_time(
    store: Store,
    since: float,
    until: float,
    domains: frozenset[str] | None,
    unit: Group = "hour",
) -> dict[int, Tally]:
    """The numbers of each hour or day, by the second at which it begins.

    Args:
        store, since, until, domains: as in `by_domain`.
        unit: ``hour``, or ``day`` for days of UTC, which are quicker.

    Raises:
        StoreError: the store cannot be read.
    """
    found: dict[int, Tally] = {}
    wanted = StatisticsFilter(since=since, until=until, domains=domains)
    for total in store.statistics.totals(wanted, (unit, *_KIND)):
        begin, *kind = total.key
        found.setdefault(int(begin), Tally()).add([str(word) for word in kind], total.count)
    return found


def together(tallies: Mapping[str, Tally] | Mapping[int, Tally]) -> Tally:
    """All of them in one."""
    found = Tally()
    for each in tallies.values():
        found.add_all(each)
    return found


@cache
def _names(stage: str, service: str, verdict: str, reason: str, would: str) -> tuple[str, ...]:
    """The numbers that such an event counts for."""
    kind = Kind(
        _word(Stage, stage),
        _word(Service, service),
        _word(Verdict, verdict),
        _word(Reason, reason),
        would=would,
    )
    found = []
    if is_login(kind):
        found.append("logins")
    if kind.stage is Stage.AUTH and kind.verdict is Verdict.ALLOW and kind.would:
        found.append("watched")
    if is_refused_login(kind):
        found.append("refused")
    if is_sent(kind):
        found.append("mails")
    if kind.stage is Stage.SEND and kind.verdict is not Verdict.ALLOW:
        found.append("held")
    return tuple(found)


def _word(words: type[AnyWord], text: str) -> AnyWord:
    """The word; one that only another version knows counts for nothing."""
    try:
        return words(text)
    except ValueError:
        return text  # type: ignore[return-value]  # compared by identity, and then it is no other
