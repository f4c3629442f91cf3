"""Scopes: which value counts for an account, and where it comes from.

Mailbox over domain over server, field by field; exempt addresses add up, because an address that
the server exempts is exempt for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from core.errors import SettingError
from core.settings.about import Level
from core.settings.account import domain_of, is_account_or_domain, normalise
from core.settings.fields import check
from core.settings.model import Settings

ADDS_UP = frozenset({"exempt.addresses"})


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


class Resolved:
    """All scopes of a server, resolved once; never changes afterwards."""

    def __init__(self, overrides: Mapping[Scope, Overrides]) -> None:
        self.overrides = dict(overrides)
        self.server = override(Settings(), self.overrides.get(SERVER_SCOPE, {}))
        self.domains = {
            scope.name: override(self.server, values)
            for scope, values in self.overrides.items()
            if scope.level == "domain"
        }
        self.mailboxes = {
            scope.name: override(self.of_domain(domain_of(scope.name)), values)
            for scope, values in self.overrides.items()
            if scope.level == "mailbox"
        }

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

    def origin(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose value counts there, None when it is the default."""
        chain = [SERVER_SCOPE]
        if scope.level == "mailbox":
            chain = [scope, Scope("domain", domain_of(scope.name)), SERVER_SCOPE]
        elif scope.level == "domain":
            chain = [scope, SERVER_SCOPE]
        return next((s for s in chain if name in self.overrides.get(s, {})), None)


def typed(stored: Mapping[tuple[str, str], Mapping[str, Any]]) -> tuple[Resolved, list[str]]:
    """Resolve what the store holds, leaving out what no longer passes.

    A value that an older or newer version wrote must not stop the daemon: it is left out and
    reported, and the default counts.

    Returns:
        The resolved settings, and one line for each value that was left out.
    """
    overrides: dict[Scope, dict[str, Any]] = {}
    problems = []
    for (level, scope_name), values in stored.items():
        if level not in ("server", "domain", "mailbox"):
            problems.append(f"there is no level {level!r}")
            continue
        scope = Scope(level, scope_name)  # type: ignore[arg-type]  # narrowed by the line above
        for name, value in values.items():
            try:
                overrides.setdefault(scope, {})[name] = check(name, value, scope.level)
            except SettingError as error:
                problems.append(f"{scope}: {error}")
    return Resolved(overrides), problems
