"""What other country rules would have meant for the logins of the last weeks.

Asks what was counted (`core.store.habits`, `core.store.statistics`), and the rules themselves for
each account and country (`core.engine.border`): nothing is decided here.

Only the country of a counted login is known. So a login that came in because its address was
exempt, was a big provider's relay, or was elsewhere by the second source's opinion, is counted as
refused although it would pass; and webmail, which logs in from the server itself, counts as an
unknown country. A preview may be too dark, never too bright.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, Final

from msgspec import Struct

from core.desk.past import Past
from core.engine.border import Border
from core.settings.scope import Resolved, Scope
from core.store.habits import Habit
from core.store.store import Store
from core.words import Stage

DAYS: Final = 30

MOST_REFUSED: Final = 100_000
"""Lines that are looked through; a server with more shows that its sums are cut."""

MOST_FREED: Final = 5_000
"""Lines of refusals that are looked through: attackers invent names without end."""


class AccountEffect(Struct, frozen=True, gc=False):
    """One account that came from one country, and what the rules say to that.

    Attributes:
        account, domain: who.
        country: ISO 3166 alpha-2 code, "" when unknown.
        logins: how often it came through in the period.
        refused: how often it was refused after giving its name, for whatever reason.
        last: when it came last, seconds since 1970.
        before, after: the stage at which the rules in force refuse it, and at which the proposed
            ones do; None where it comes through. What is refused at `connect`, no rule of its
            domain or mailbox can help.
    """

    account: str
    domain: str
    country: str
    logins: int
    refused: int
    last: float
    before: Stage | None
    after: Stage | None

    @property
    def is_new(self) -> bool:
        """Refused by the proposed rules and not by those in force."""
        return bool(self.after and not self.before)

    @property
    def is_freed(self) -> bool:
        """Refused by the rules in force and not by the proposed ones."""
        return bool(self.before and not self.after)


class CountryEffect(Struct, frozen=True):
    """What it means for one country.

    Attributes:
        country: ISO 3166 alpha-2 code, "" when unknown.
        refused_before, refused_after: whether those who attack the scope are refused there.
        accounts, logins: what the proposed rules would have refused of what came through.
        new_accounts, new_logins: the part of it that the rules in force let pass.
        freed_accounts, freed_refusals: who is refused now, would not be, and how often it was.
            Some of these names are attackers' inventions.
        attempts: wrong passwords, and refusals before any password.
    """

    country: str
    refused_before: bool = False
    refused_after: bool = False
    accounts: int = 0
    logins: int = 0
    new_accounts: int = 0
    new_logins: int = 0
    freed_accounts: int = 0
    freed_refusals: int = 0
    attempts: int = 0

    @property
    def stopped_before(self) -> int:
        """Attempts that the rules in force stop before a password can be tried."""
        return self.attempts if self.refused_before else 0

    @property
    def stopped_after(self) -> int:
        """Attempts that the proposed rules would."""
        return self.attempts if self.refused_after else 0


class Preview(Struct, frozen=True):
    """What proposed rules would have meant.

    Attributes:
        scope: whose rules.
        since, until: the period, seconds since 1970; shorter than asked for where events are not
            kept for so long.
        accounts: everybody who would have been refused or freed: the newly refused first, then
            those refused either way, then the freed; each with the most logins first.
        countries: all countries that somebody is refused in, before or after, in the same order.
        refused: accounts that the proposed rules would have refused; each counts once.
        new: the accounts among them that come through now.
        freed: accounts that would no longer be refused.
        cut: there are more accounts than were looked through, so that the sums are too small.
    """

    scope: Scope
    since: float
    until: float
    accounts: tuple[AccountEffect, ...]
    countries: tuple[CountryEffect, ...]
    refused: int
    new: int
    freed: int
    cut: bool

    @property
    def logins(self) -> int:
        """Logins that the proposed rules would have refused."""
        return sum(each.logins for each in self.countries)

    @property
    def new_logins(self) -> int:
        """Those of them that come through now."""
        return sum(each.new_logins for each in self.countries)

    @property
    def stopped_before(self) -> int:
        """Attackers' attempts that the rules in force stop before a password can be tried."""
        return sum(each.stopped_before for each in self.countries)

    @property
    def stopped_after(self) -> int:
        """Attackers' attempts that the proposed rules would."""
        return sum(each.stopped_after for each in self.countries)


def preview(
    store: Store,
    resolved: Resolved,
    scope: Scope,
    proposed: Mapping[str, Any],
    now: float,
    *,
    days: int = DAYS,
    domains: Collection[str] | None = None,
    server_country: str = "",
) -> Preview:
    """Compare proposed rules with those in force.

    Args:
        store: what was counted.
        resolved: the settings in force.
        scope: whose rules would change.
        proposed: typed values by public name; None lets the scope inherit.
        now: seconds since 1970.
        days: length of the period.
        domains: the only domains to look at; None for all.
        server_country: the server's detected country, as the daemon's status says, "" when it could
            not be detected.

    Raises:
        StoreError: the store cannot be read.
    """
    before = Border(resolved, server_country, now)
    after = Border(_changed(resolved, scope, proposed), server_country, now)
    past = Past(store, scope, resolved, now, days, domains)
    said = _effects(past, before, after)
    stops = {
        country: (before.stage(past.anybody, country), after.stage(past.anybody, country))
        for country in past.countries
    }
    return Preview(
        scope=scope,
        since=past.since,
        until=now,
        accounts=(*said.new, *said.still, *said.freed),
        countries=_by_country(said, past.attempts(), stops),
        refused=len({each.account for each in chain(said.new, said.still)}),
        new=len({each.account for each in said.new}),
        freed=len({each.account for each in said.freed}),
        cut=said.cut,
    )


def _changed(resolved: Resolved, scope: Scope, proposed: Mapping[str, Any]) -> Resolved:
    own = {**resolved.overrides.get(scope, {}), **proposed}
    kept = {name: value for name, value in own.items() if value is not None}
    return Resolved({**resolved.overrides, scope: kept})


class _Effects(Struct):
    """Effects by what they change, each with the most logins first, as the store has them."""

    new: list[AccountEffect]
    still: list[AccountEffect]
    freed: list[AccountEffect]
    cut: bool


def _effects(past: Past, before: Border, after: Border) -> _Effects:
    """Everybody for whom a rule in force or a proposed one says no."""
    closed = {c for c in past.countries if after.anywhere(c)}
    opened = {c for c in past.countries if before.anywhere(c) and not after.everywhere(c)}
    came = past.habits(closed, MOST_REFUSED, with_refused=False)
    tried = past.habits(opened, MOST_FREED, with_refused=True)
    said = _Effects([], [], [], cut=len(came) == MOST_REFUSED or len(tried) == MOST_FREED)
    for habit in came:
        stop = after.stage(habit.account, habit.country)
        if stop is not None:
            stopped = before.stage(habit.account, habit.country)
            kind = said.new if stopped is None else said.still
            kind.append(_effect(habit, stopped, stop))
    for habit in tried:
        stopped = before.stage(habit.account, habit.country)
        if stopped is not None and after.stage(habit.account, habit.country) is None:
            said.freed.append(_effect(habit, stopped, None))
    return said


def _effect(habit: Habit, before: Stage | None, after: Stage | None) -> AccountEffect:
    return AccountEffect(
        habit.account,
        habit.domain,
        habit.country,
        habit.logins,
        habit.refused,
        habit.last,
        before,
        after,
    )


class _Sums:
    """What adds up for one country."""

    __slots__ = ("freed", "freed_refusals", "new", "new_logins", "still", "still_logins")

    def __init__(self) -> None:
        self.new = self.still = self.freed = 0
        self.still_logins = self.new_logins = self.freed_refusals = 0


Stops = tuple[Stage | None, Stage | None]
"""Where attackers are stopped, before and after."""


def _by_country(
    said: _Effects, attempts: Mapping[str, int], stops: Mapping[str, Stops]
) -> tuple[CountryEffect, ...]:
    """The sums, of every country in which somebody is refused. An account has one line in each."""
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for each in said.new:
        line = sums[each.country]
        line.new += 1
        line.new_logins += each.logins
    for each in said.still:
        line = sums[each.country]
        line.still += 1
        line.still_logins += each.logins
    for each in said.freed:
        line = sums[each.country]
        line.freed += 1
        line.freed_refusals += each.refused
    attacked = {country for country, stop in stops.items() if any(stop) and attempts.get(country)}
    found = []
    for country in attacked | set(sums):
        line = sums[country]
        before, after = stops.get(country, (None, None))
        found.append(
            CountryEffect(
                country=country,
                refused_before=before is not None,
                refused_after=after is not None,
                accounts=line.new + line.still,
                logins=line.new_logins + line.still_logins,
                new_accounts=line.new,
                new_logins=line.new_logins,
                freed_accounts=line.freed,
                freed_refusals=line.freed_refusals,
                attempts=attempts.get(country, 0),
            )
        )
    found.sort(key=lambda c: (-c.new_logins, -c.logins, -c.freed_refusals, -c.attempts, c.country))
    return tuple(found)
