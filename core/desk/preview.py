"""What other country rules would have meant for the logins of the last weeks.

Asks what was counted (`core.store.habits`, `core.store.statistics`), and the rules themselves for
each account and country (`core.engine.border`): nothing is decided here.

Only the country of a counted login is known. So a login that came in because its address was
exempt, was a big provider's relay, or was elsewhere by the second source's opinion, is counted as
refused although it would pass; and webmail, which logs in from the server itself, counts as an
unknown country. A preview may be too dark, never too bright.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from core.desk.past import Past
from core.engine.border import Border
from core.settings.scope import Resolved, Scope
from core.store.store import Store
from core.words import Stage

DAYS: Final = 30

MOST_REFUSED: Final = 100_000
"""Lines that are looked through; a server with more shows that its sums are cut."""

MOST_FREED: Final = 5_000
"""Lines of refusals that are looked through: attackers invent names without end."""


class AccountEffect(Struct, frozen=True):
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
    effects, cut = _effects(past, before, after)
    attempts = past.attempts()
    stops = {
        country: (before.stage(past.anybody, country), after.stage(past.anybody, country))
        for country in past.countries | {each.country for each in effects}
    }
    return Preview(
        scope=scope,
        since=past.since,
        until=now,
        accounts=tuple(effects),
        countries=_by_country(effects, attempts, stops),
        refused=len({each.account for each in effects if each.after}),
        new=len({each.account for each in effects if each.is_new}),
        freed=len({each.account for each in effects if each.is_freed}),
        cut=cut,
    )


def _changed(resolved: Resolved, scope: Scope, proposed: Mapping[str, Any]) -> Resolved:
    own = {**resolved.overrides.get(scope, {}), **proposed}
    kept = {name: value for name, value in own.items() if value is not None}
    return Resolved({**resolved.overrides, scope: kept})


def _effects(past: Past, before: Border, after: Border) -> tuple[list[AccountEffect], bool]:
    """Everybody for whom a rule in force or a proposed one says no."""
    came = past.countries
    closed = {c for c in came if after.anywhere(c)}
    opened = {c for c in came if before.anywhere(c) and not after.everywhere(c)}
    refused = past.habits(closed, MOST_REFUSED, with_refused=False)
    freed = past.habits(opened, MOST_FREED, with_refused=True)
    effects = []
    for habits, of_freed in ((refused, False), (freed, True)):
        for habit in habits:
            effect = AccountEffect(
                habit.account,
                habit.domain,
                habit.country,
                habit.logins,
                habit.refused,
                habit.last,
                before.stage(habit.account, habit.country),
                after.stage(habit.account, habit.country),
            )
            if effect.is_freed if of_freed else effect.after:
                effects.append(effect)
    effects.sort(key=lambda e: (not e.is_new, e.is_freed, -e.logins, -e.refused, e.account))
    return effects, len(refused) == MOST_REFUSED or len(freed) == MOST_FREED


Stops = tuple[Stage | None, Stage | None]
"""Where attackers are stopped, before and after."""


def _by_country(
    effects: Iterable[AccountEffect], attempts: Mapping[str, int], stops: Mapping[str, Stops]
) -> tuple[CountryEffect, ...]:
    """The sums, of every country in which somebody is refused."""
    of_country: dict[str, list[AccountEffect]] = {country: [] for country in stops}
    for effect in effects:
        of_country[effect.country].append(effect)
    found = [
        _sums(country, of_country[country], attempts.get(country, 0), stops[country])
        for country in stops
        if of_country[country] or (any(stops[country]) and attempts.get(country))
    ]
    found.sort(key=lambda c: (-c.new_logins, -c.logins, -c.freed_refusals, -c.attempts, c.country))
    return tuple(found)


def _sums(country: str, effects: list[AccountEffect], attempts: int, stops: Stops) -> CountryEffect:
    refused = [each for each in effects if each.after]
    new = [each for each in refused if each.is_new]
    freed = [each for each in effects if each.is_freed]
    return CountryEffect(
        country=country,
        refused_before=stops[0] is not None,
        refused_after=stops[1] is not None,
        accounts=len(refused),
        logins=sum(each.logins for each in refused),
        new_accounts=len(new),
        new_logins=sum(each.logins for each in new),
        freed_accounts=len(freed),
        freed_refusals=sum(each.refused for each in freed),
        attempts=attempts,
    )
