"""Judges where an account logs in from: many countries, many networks, impossible journeys.

The countries and networks that an account is known from count as one place, and what lies between
two of them is no journey: that is how a mailbox is used which two offices share.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from typing import Final

from core.engine.stolen.signal import Signal
from core.engine.stolen.trail import Sighting
from core.net.countries import name
from core.net.places import gap
from core.settings.stolen import Stolen
from core.words import SignalKind

NEAR_KM: Final = 500
"""Less than this is no journey: mobile networks and databases err by as much, and mailboxes are
shared across borders."""

NAMED: Final = 6
"""Places that an evidence line names."""


def judge(
    account: str,
    places: list[Sighting],
    known: Collection[str],
    settings: Stolen,
    fresh: int = 1,
) -> Iterator[Signal]:
    """What the places of an account tell.

    Args:
        account: normalised name.
        places: its trail, the latest at the end.
        known: countries it is known from.
        settings: what counts for it.
        fresh: how many of the latest places have not been judged yet.
    """
    latest = places[-1]
    proven = {*known, *(c for each in places if each.settled for c in each.countries)}
    # Of an account without a past, the first place is taken for its own: thieves come later.
    home = proven or min(places, key=lambda each: each.first).countries
    if len(places) == 1 and not latest.hidden and not latest.countries.isdisjoint(home):
        return  # at home, as most are
    since = latest.last - settings.hours * 3600
    veiled = any(each.hidden and each.settled for each in places)
    window = [each for each in places if each.last > since and not (veiled and each.hidden)]
    if settings.countries:
        yield from _countries(account, window, home, settings)
    if settings.networks:
        yield from _networks(account, window, home, settings)
    for place in places[-fresh:]:
        if place not in window:
            continue
        if settings.speed:
            yield from _travel(account, place, window, home, settings.speed)
        if proven:
            yield from _news(account, place, home)


def _countries(
    account: str, window: list[Sighting], home: Collection[str], settings: Stolen
) -> Iterator[Signal]:
    """Countries that are certain: an opinion that fits a place already counted adds nothing."""
    counted: dict[str, Sighting] = {}
    at_home: Sighting | None = None
    for each in window:
        if not each.countries.isdisjoint(home):
            at_home = each
        elif each.country and each.countries.isdisjoint(counted):
            counted[each.country] = each
    if len(counted) + (at_home is not None) < max(2, settings.countries) or not counted:
        return
    shown = [*([at_home] if at_home is not None else []), *counted.values()]
    yield _signal(
        account,
        SignalKind.COUNTRIES,
        f"logins from {len(shown)} countries within {settings.hours} hours: {_named(shown)}",
        shown,
        tuple(counted),
    )


def _networks(
    account: str, window: list[Sighting], home: Collection[str], settings: Stolen
) -> Iterator[Signal]:
    fresh = {each.network: each for each in window if not each.settled}
    if len(fresh) < max(2, settings.networks):
        return
    shown = list(fresh.values())
    yield _signal(
        account,
        SignalKind.NETWORKS,
        f"logins from {len(shown)} new networks within {settings.hours} hours: {_named(shown)}",
        shown,
        _strange(shown, home),
    )


def _travel(
    account: str, place: Sighting, window: list[Sighting], home: Collection[str], speed: int
) -> Iterator[Signal]:
    if place.hidden:
        return
    at_home = not place.countries.isdisjoint(home)
    for other in window[: window.index(place)]:
        if other.hidden or (at_home and not other.countries.isdisjoint(home)):
            continue
        far = _gap(place, other)
        # A place is left when it was seen last, and nobody knows how long before that.
        seconds = max(0, place.last - other.last)
        if far <= NEAR_KM or far * 3600 <= speed * seconds:
            continue
        both = [other, place]
        yield _signal(
            account,
            SignalKind.TRAVEL,
            f"{_place(place)} {_length(seconds)} after {_place(other)}: at least {far:,} km",
            both,
            _strange(both, home),
        )
        return


def _news(account: str, place: Sighting, home: Collection[str]) -> Iterator[Signal]:
    if place.settled or place.first != place.last:
        return
    if place.hidden:
        kind, said = SignalKind.NEW_NETWORK, "first login from this hosting or VPN network"
    elif place.country and place.countries.isdisjoint(home):
        kind, said = SignalKind.NEW_COUNTRY, "first login from this country"
    else:
        return
    yield _signal(account, kind, f"{said}: {_place(place)}", [place], _strange([place], home))


def _gap(one: Sighting, two: Sighting) -> int:
    """Kilometres between two places at least, whoever is right about where they are."""
    return min((gap(a, b) for a in one.countries for b in two.countries), default=0)


def _strange(places: list[Sighting], home: Collection[str]) -> tuple[str, ...]:
    """The countries among these that the account is not known from."""
    found = (each.country for each in places if each.countries.isdisjoint(home))
    return tuple(dict.fromkeys(code for code in found if code))


def _signal(
    account: str,
    kind: SignalKind,
    evidence: str,
    places: list[Sighting],
    countries: tuple[str, ...],
) -> Signal:
    moments = [each.last for each in places]
    return Signal(account, kind, evidence, min(moments), max(moments), countries)


def _named(places: list[Sighting]) -> str:
    shown = ", ".join(map(_place, places[-NAMED:]))
    more = len(places) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _place(place: Sighting) -> str:
    address = ipaddress.ip_address(place.value.to_bytes(4 if place.version == 4 else 16, "big"))
    where = name(place.country) if place.country else "an unknown country"
    return f"{where} ({address})"


def _length(seconds: int) -> str:
    if seconds < 60:
        return "seconds"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"
