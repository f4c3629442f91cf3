"""Scopes: which value counts for an account, and where it comes from.

Mailbox over domain over server, field by field; exempt addresses and traveller passes add up,
because an address that the server exempts is exempt for everybody. While a domain is switched off
(``domain.enabled``), nothing that it or its mailboxes set counts, but that switch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from core.errors import SettingError
from core.settings.about import EVERYWHERE, Level
from core.settings.account import domain_of, is_account_or_domain, normalise
from core.settings.fields import check
from core.settings.model import Settings

ADDS_UP = frozenset({"exempt.addresses", "country.passes"})
"""Settings of which every scope's own value counts, the widest scope's first."""

DOMAIN_SWITCH = "domain.enabled"


class Scope(NamedTuple):
    """Where a setting is set: the server, one domain, or one mailbox."""

    level: Level
    name: str = ""

    def __str__(self) -> str:
        return self.level if self.level == "server" else f"{self.level} {self.name}"


SERVER_SCOPE = Scope("server")

Overrides = Mapping[str, Any]
"""Values that one scope sets itself, by public name, already typed by `fields.check`."""


def scope_of(domain: str = "", mailbox: str = "") -> Scope:
    """The scope that a command or a form names.

    Raises:
        SettingError: the name cannot be a domain or mailbox, or both are given.
    """
    if domain and mailbox:
        raise SettingError("name a domain or a mailbox, not both")
    if mailbox:
        if "@" not in mailbox or not is_account_or_domain(mailbox):
            raise SettingError(f"{mailbox!r} is no mailbox")
        return Scope("mailbox", normalise(mailbox))
    if domain:
        if "@" in domain or not is_account_or_domain(domain):
            raise SettingError(f"{domain!r} is no domain")
        return Scope("domain", normalise(domain))
    return SERVER_SCOPE


def override(settings: Settings, values: Overrides) -> Settings:
    """The settings with one scope's own values laid over them."""
    groups: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        group, _, field_name = name.partition(".")
        inherited = getattr(getattr(settings, group), field_name) if name in ADDS_UP else ()
        groups.setdefault(group, {})[field_name] = inherited + value if inherited else value
    changed = {
        group: msgspec.structs.replace(getattr(settings, group), **fields)
        for group, fields in groups.items()
    }
    return msgspec.structs.replace(settings, **changed)


NO_HOMES: Final[Mapping[str, str]] = {}


class Resolved:
    """All scopes of a server, resolved once; never changes afterwards.

    Args:
        overrides: what each scope sets itself.
        without_plan: domains whose hosting plan has Mailward off: what they and their mailboxes set
            does not count, whatever their switch says.
        homes: the accounts of those who log in by a name without a domain, as the panel says.

    Attributes:
        overrides: as given, also where it does not count.
        without_plan, homes: as given.
        server: what counts for the server.
        domains, mailboxes: what counts for those that set something themselves.
    """

    def __init__(
        self,
        overrides: Mapping[Scope, Overrides],
        without_plan: Collection[str] = (),
        homes: Mapping[str, str] = NO_HOMES,
    ) -> None:
        self.overrides = dict(overrides)
        self.without_plan = frozenset(without_plan)
        self.homes = homes
        self.server = override(Settings(), self.overrides.get(SERVER_SCOPE, {}))
        self.domains = {
            scope.name: override(self.server, self._counting(scope))
            for scope in self.overrides
            if scope.level == "domain"
        }
        self.mailboxes = {
            scope.name: override(self.of_domain(domain_of(scope.name)), values)
            for scope, values in self.overrides.items()
            if scope.level == "mailbox" and self.counts(scope)
        }

    def under(self, without_plan: Collection[str], homes: Mapping[str, str] = NO_HOMES) -> Resolved:
        """The same where the panel says something else; itself where that changes nothing.

        Args:
            without_plan, homes: as for the class.
        """
        same = self.without_plan == frozenset(without_plan) and self.homes == homes
        return self if same else Resolved(self.overrides, without_plan, homes)

    def account(self, login: str) -> str:
        """The account that a login name means, on every wire and in everything that people type.

        A user of the system who logs in without a domain is the box at the domain that is theirs:
        its rules count, and its owner sees it.
        """
        name = normalise(login)
        return self.homes.get(name) or normalise(name, self.server.login.default_domain)

    @property
    def longest_window(self) -> int:
        """Seconds of the longest send window of any scope."""
        scopes = (self.server, *self.domains.values(), *self.mailboxes.values())
        return max(settings.send.seconds for settings in scopes)

    def of_domain(self, domain: str) -> Settings:
        """What counts in a domain."""
        return self.domains.get(domain, self.server)

    def of_account(self, account: str) -> Settings:
        """What counts for an account."""
        found = self.mailboxes.get(account)
        return found if found is not None else self.of_domain(domain_of(account))

    def of(self, scope: Scope) -> Settings:
        """What counts in a scope."""
        if scope.level == "mailbox":
            return self.of_account(scope.name)
        return self.of_domain(scope.name) if scope.level == "domain" else self.server

    def counts(self, scope: Scope) -> bool:
        """Whether what a scope sets itself counts: not while its domain is switched off."""
        if scope.level == "server":
            return True
        domain = domain_of(scope.name) if scope.level == "mailbox" else scope.name
        if domain in self.without_plan:
            return False
        own = self.overrides.get(Scope("domain", domain), {}).get(DOMAIN_SWITCH)
        return bool(self.server.domain.enabled if own is None else own)

    def origin(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose value counts there, None when it is the default."""
        chain = [SERVER_SCOPE]
        if scope.level == "mailbox":
            chain = [scope, Scope("domain", domain_of(scope.name)), SERVER_SCOPE]
        elif scope.level == "domain":
            chain = [scope, SERVER_SCOPE]
        return next((s for s in chain if name in self._counting(s)), None)

    def _counting(self, scope: Scope) -> Overrides:
        """What a scope sets itself, as far as it counts."""
        own = self.overrides.get(scope, {})
        if self.counts(scope):
            return own
        return {name: value for name, value in own.items() if name == DOMAIN_SWITCH}


StoredValues = Mapping[tuple[str, str], Mapping[str, Any]]
"""Plain JSON values, by level and name of their scope."""


class Inspected(NamedTuple):
    """What the store holds, looked through.

    Attributes:
        overrides: what counts, typed.
        problems: one line for each value that was left out or replaced, for people.
        worth_keeping: everything as it is stored, with the good ones in place of bad ones.
    """

    overrides: dict[Scope, dict[str, Any]]
    problems: list[str]
    worth_keeping: dict[tuple[str, str], dict[str, Any]]


def inspect(stored: StoredValues, former: StoredValues) -> Inspected:
    """Check every value.

    A value that an older or newer version wrote, or that was damaged, must not stop the daemon: the
    last good one counts instead, and where none is known, the value is left out.

    Args:
        stored: what the store holds.
        former: what it held when it was last read well.
    """
    overrides: dict[Scope, dict[str, Any]] = {}
    problems: list[str] = []
    worth_keeping = {place: dict(values) for place, values in stored.items()}
    for place, values in stored.items():
        if place[0] not in EVERYWHERE:
            problems.append(f"there is no level {place[0]!r}")
            continue
        scope = Scope(place[0], place[1])
        own = overrides.setdefault(scope, {})
        for name, value in values.items():
            try:
                own[name] = check(name, value, scope.level)
            except SettingError as error:
                good = former.get(place, {}).get(name)
                try:
                    own[name] = check(name, good, scope.level)
                except SettingError:
                    problems.append(f"{scope}: {error}")
                    continue
                worth_keeping[place][name] = good
                problems.append(f"{scope}: {error}; the last good value counts")
    return Inspected(overrides, problems, worth_keeping)


def typed(stored: StoredValues, former: StoredValues | None = None) -> tuple[Resolved, list[str]]:
    """Resolve what the store holds.

    Args:
        stored, former: as in `inspect`.

    Returns:
        The resolved settings, and one line for each value that was left out or replaced.
    """
    found = inspect(stored, former or {})
    return Resolved(found.overrides), found.problems
