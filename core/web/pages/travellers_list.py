"""Traveller passes as their page and the overview show them.

A pass is an entry of `country.passes`, or an exempt address of a domain or mailbox that has an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from typing import Final

from msgspec import Struct

from core.desk.decision import refuser
from core.desk.entry import PASSES, Entry, Place
from core.engine.border import Border
from core.net.countries import CODES
from core.settings.config import Config
from core.settings.entry import CountryPass, ExemptAddress
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web.sight import Sight
from core.words import Stage

ADDRESSES: Final = "exempt.addresses"
KINDS: Final = (PASSES, ADDRESSES)
"""The settings that hold passes."""

SOON: Final = 3 * 86_400.0
"""Seconds before its end from which on a pass ends soon."""

MOST_LOOKED_UP: Final = 200
"""Addresses that are looked up in the data for one page."""


class TravelPass(Struct, frozen=True):
    """One pass.

    Attributes:
        place: the list that it stands in.
        entry: the country or address, why, and until when.
        is_over: it has ended.
        counts: its domain's own rules count.
        is_overridden: the server refuses it before the password, so that it cannot help alone.
    """

    place: Place
    entry: Entry
    is_over: bool
    counts: bool
    is_overridden: bool

    @property
    def is_country(self) -> bool:
        """Whether it opens a country; else an address or a network."""
        return self.place.name == PASSES

    def ends_soon(self, now: float) -> bool:
        """Whether it is going to end within days."""
        return not self.is_over and self.entry.expires - now <= SOON


def passes(
    sight: Sight,
    resolved: Resolved,
    now: float,
    server_country: str,
    config: Config,
    *,
    connects: bool = True,
) -> list[TravelPass]:
    """All passes that the visitor sees: those that end first, then those that are over.

    Args:
        sight: of the visitor.
        resolved: all settings.
        now: seconds since 1970.
        server_country: the server's detected country.
        config: where the data about addresses lies.
        connects: whether there are checks before the password at all.
    """
    border = Border(resolved, server_country, now)
    found = []
    with ExitStack() as stack:
        single = _Addresses(stack, config, resolved)
        for place, entry in _entries(sight, resolved):
            is_over = entry.is_over(now)
            overridden = False
            if connects and place.scope != SERVER_SCOPE and not is_over:
                if place.name == PASSES:
                    overridden = border.stage("", entry.entry) is Stage.CONNECT
                else:
                    overridden = single.are_refused(entry.entry)
            counts = resolved.counts(place.scope)
            found.append(TravelPass(place, entry, is_over, counts, overridden))
    found.sort(key=lambda each: _order(each, now))
    return found


def closed(resolved: Resolved, now: float, server_country: str) -> frozenset[str]:
    """The countries that the server refuses before the password."""
    border = Border(resolved, server_country, now)
    return frozenset(code for code in CODES if border.stage("", code) is Stage.CONNECT)


class _Addresses:
    """Tells of exempt addresses whether the server refuses them before the password.

    A network is judged by its first address. The data is opened for the first question; where there
    is none, nobody can tell, and nothing counts as refused.
    """

    def __init__(self, stack: ExitStack, config: Config, resolved: Resolved) -> None:
        self._stack = stack
        self._config = config
        self._resolved = resolved
        self._refuses: Callable[[str], bool] | None = None
        self._left = MOST_LOOKED_UP

    def are_refused(self, entry: str) -> bool:
        """Whether the server refuses who comes from there."""
        if not self._left or not self._resolved.server.connect.enabled:
            return False
        try:
            network = ip_network(entry, strict=False)
        except ValueError:  # an autonomous system
            return False
        if self._refuses is None:
            if not self._config.data.is_dir():
                return False
            self._refuses = self._stack.enter_context(refuser(self._config, self._resolved))
        self._left -= 1
        return self._refuses(str(network[0]))


def _entries(sight: Sight, resolved: Resolved) -> Iterator[tuple[Place, Entry]]:
    for scope, own in resolved.overrides.items():
        if not _sees(sight, scope):
            continue
        travels: Iterable[CountryPass] = own.get(PASSES, ())
        for travel in travels:
            entry = Entry(travel.country, travel.comment, travel.expires)
            yield Place(PASSES, scope), entry
        if scope != SERVER_SCOPE:
            exempt: Iterable[ExemptAddress] = own.get(ADDRESSES, ())
            for address in exempt:
                if address.expires:
                    entry = Entry(address.entry, address.comment, address.expires)
                    yield Place(ADDRESSES, scope), entry


def _sees(sight: Sight, scope: Scope) -> bool:
    if scope.level == "server":
        return sight.is_admin
    if scope.level == "domain":
        return sight.sees_domain(scope.name)
    return sight.sees_account(scope.name)


def _order(each: TravelPass, now: float) -> tuple[bool, float, str, str]:
    distance = now - each.entry.expires if each.is_over else each.entry.expires - now
    return each.is_over, distance, each.place.scope.name, each.entry.entry
