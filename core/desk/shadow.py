"""What a scope permits and the server refuses all the same, before the password.

While ``connect.enabled``, an address must pass the server's own rules before it may log in, and
nobody knows then whose account it wants. So whatever a domain or a mailbox permits beyond that does
not help (the guide's rule, facts/features.md section 8). Says exactly which part of a value it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from core.desk.setting import value_of
from core.engine.country_rule import CountryRule
from core.net.countries import CODES
from core.net.prefixes import Prefix
from core.settings.access import Country
from core.settings.account import domain_of
from core.settings.entry import ExemptAddress
from core.settings.fields import ASN, plain
from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Overrides, Resolved, Scope
from core.words import N_

UNKNOWN: Final = ""
"""Stands for a country that is not known."""

KINDS: Final = ("cloud", "anonymiser", "relay", "attacker")

Refuses = Callable[[str], bool]
"""Whether the server refuses an address before the password."""


class Shadow(Struct, frozen=True):
    """One own value of a scope, or the part of it, that cannot help before the password.

    Attributes:
        name: the setting.
        why: what stands against it, one sentence for people; English, marked for translation.
        value: plain: the whole value, or the entries of a list that are concerned.
        countries: the countries that the scope permits by it and the server refuses.
    """

    name: str
    why: str
    value: Any
    countries: tuple[str, ...] = ()


_COUNTRIES: Final = N_("The server refuses these countries before the password.")
_UNKNOWN: Final = N_("The server refuses unknown countries before the password.")
_NETWORK: Final = N_("The server refuses this kind of network before the password.")
_ADDRESS: Final = N_(
    "The server's rules are asked before the password, and only its own exemptions count there."
)
_ACCOUNT: Final = N_(
    "The account is not known before the password: what the server refuses there stays refused."
)


def shadows(
    rules: Resolved,
    scope: Scope,
    *,
    server_country: str = "",
    refuses: Refuses | None = None,
    now: float | None = None,
) -> list[Shadow]:
    """What a scope sets itself that cannot help, in the order of the settings.

    For the server these are its exempt accounts; for a domain or mailbox, those that name it, too.

    Args:
        rules: all settings.
        scope: where.
        server_country: the detected country of the server, which is always allowed; counts while
            ``country.server`` is ``auto``.
        refuses: tells of a single address whether the server refuses it, so that exemptions of
            addresses that it lets pass anyway are left out; None when nobody knows.
        now: seconds since 1970; None for this moment.
    """
    server = rules.server
    if not server.connect.enabled or not rules.counts(scope):
        return []
    moment = time.time() if now is None else now
    own = rules.overrides.get(scope, {})
    refused = _refused(server.country, server_country, moment)
    found: list[Shadow] = []
    if scope != SERVER_SCOPE:
        found += _country(rules.of(scope).country, own, refused, server_country, moment)
        found += _passes(own, refused, moment)
        found += _networks(server, own)
    if refused or any(value_of(server, f"network.{kind}") == "refuse" for kind in KINDS):
        if scope != SERVER_SCOPE:
            found += _addresses(server, own, refuses, moment)
        found += _accounts(server, scope, moment)
    return found


def _refused(country: Country, server_country: str, now: float) -> frozenset[str]:
    """The countries that a country rule refuses, `UNKNOWN` among them."""
    rule = CountryRule.of(country, server_country)
    return frozenset(code for code in (UNKNOWN, *CODES) if rule.refuses(code, now))


def _country(
    country: Country, own: Overrides, refused: frozenset[str], server_country: str, now: float
) -> Iterator[Shadow]:
    """Of the mode, the list, the switches beside it: what lets through what the server refuses."""
    bare = replace(country, passes=())  # they have a shadow of their own
    permitted = refused - _refused(bare, server_country, now)
    codes = tuple(sorted(permitted - {UNKNOWN}))
    if country.mode == "off" or country.watch or (country.mode == "allow" and not country.list):
        name = _responsible(own, country.mode, country.watch)
        if name in own and permitted:
            yield Shadow(name, _COUNTRIES, plain(own[name]), codes)
        return
    if codes and country.mode == "allow" and "country.list" in own:
        yield Shadow("country.list", _COUNTRIES, list(codes), codes)
    elif codes and "country.mode" in own:
        yield Shadow("country.mode", _COUNTRIES, plain(own["country.mode"]), codes)
    elif codes and "country.list" in own:
        yield Shadow("country.list", _COUNTRIES, plain(own["country.list"]), codes)
    if UNKNOWN in permitted and "country.unknown" in own:
        yield Shadow("country.unknown", _UNKNOWN, plain(own["country.unknown"]))


def _responsible(own: Overrides, mode: str, watch: bool) -> str:
    """The setting by which a scope refuses no country at all."""
    if mode == "off":
        return "country.mode"
    if watch:
        return "country.watch"
    return "country.list" if "country.list" in own else "country.mode"


def _passes(own: Overrides, refused: frozenset[str], now: float) -> Iterator[Shadow]:
    concerned = [
        each
        for each in own.get("country.passes", ())
        if each.country in refused and each.expires > now
    ]
    if concerned:
        codes = tuple(sorted({each.country for each in concerned}))
        yield Shadow("country.passes", _COUNTRIES, plain(concerned), codes)


def _networks(server: Settings, own: Overrides) -> Iterator[Shadow]:
    for kind in KINDS:
        name = f"network.{kind}"
        if value_of(server, name) == "refuse" and own.get(name, "refuse") != "refuse":
            yield Shadow(name, _NETWORK, own[name])


def _addresses(
    server: Settings, own: Overrides, refuses: Refuses | None, now: float
) -> Iterator[Shadow]:
    exempt = _Exempt(server, now)
    concerned = [
        each
        for each in own.get("exempt.addresses", ())
        if not (each.expires and each.expires <= now)
        and not exempt.covers(each)
        and (refuses is None or not _is_single(each) or refuses(each.entry))
    ]
    if concerned:
        yield Shadow("exempt.addresses", _ADDRESS, plain(concerned))


def _is_single(each: ExemptAddress) -> bool:
    return "/" not in each.entry and not ASN.match(each.entry)


class _Exempt:
    """What the server exempts itself: each own entry is looked up among all, however many."""

    def __init__(self, server: Settings, now: float) -> None:
        self._systems: set[str] = set()
        self._prefixes: set[Prefix] = set()
        for each in server.exempt.addresses:
            if each.expires and each.expires <= now:
                continue
            if ASN.match(each.entry):
                self._systems.add(each.entry.upper())
            else:
                self._prefixes.add(Prefix.parse(each.entry))
        self._lengths = sorted({(prefix.version, prefix.length) for prefix in self._prefixes})

    def covers(self, each: ExemptAddress) -> bool:
        if ASN.match(each.entry):
            return each.entry.upper() in self._systems
        own = Prefix.parse(each.entry)
        return any(
            Prefix(version, own.value >> bits << bits, length) in self._prefixes
            for version, length in self._lengths
            if version == own.version and length <= own.length
            for bits in ((32 if version == 4 else 128) - length,)
        )


def _accounts(server: Settings, scope: Scope, now: float) -> Iterator[Shadow]:
    concerned = [
        each
        for each in server.exempt.accounts
        if not (each.expires and each.expires <= now) and _names(each.entry.lower(), scope)
    ]
    if concerned:
        yield Shadow("exempt.accounts", _ACCOUNT, plain(concerned))


def _names(entry: str, scope: Scope) -> bool:
    """Whether an exempt account or domain concerns a scope."""
    if scope.level == "server":
        return True
    if scope.level == "domain":
        return scope.name in (entry, domain_of(entry))
    return entry in (scope.name, domain_of(scope.name))
