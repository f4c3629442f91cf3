"""Logins in a few words, for tests of what a stolen account looks like."""

from __future__ import annotations

from msgspec.structs import replace

from core.engine.stolen.lookout import Lookout
from core.engine.stolen.signal import Signal
from core.settings.stolen import Stolen
from core.sources.facts import AddressFacts
from core.words import NetworkKind, SignalKind
from tests.core.engine.asking import ACCOUNT, WALL, facts

HOUR = 3600.0
DAY = 24 * HOUR

ADDRESSES = {"DE": "198.51.100.7", "AT": "198.51.101.7", "VN": "203.0.113.7", "BR": "203.0.114.7"}
SYSTEMS = {"DE": 3320, "AT": 8447, "VN": 45899, "BR": 28573, "US": 7922, "FR": 3215}


def at(
    country: str, address: str = "", asn: int = -1, second: str = "", *kinds: NetworkKind
) -> AddressFacts:
    """What is known of an address in a country."""
    place = address or ADDRESSES.get(country, "192.0.2.7")
    return facts(place, country, second, _system(country) if asn < 0 else asn, kinds)


def _system(country: str) -> int:
    """One provider for each country."""
    return SYSTEMS.get(country) or 60_000 + int(country or "00", 36)


class Person:
    """One account and whoever uses it, on a lookout of its own.

    Args:
        known: countries it is known from; None while nobody has told.
        settings: what counts for it.
    """

    def __init__(self, known: tuple[str, ...] | None = ("DE",), **settings: int | str) -> None:
        self.lookout = Lookout()
        self.known = known
        self.settings = replace(Stolen(), **settings)
        self.signals: list[Signal] = []

    def logs_in(self, where: AddressFacts | str, hours: float = 0.0) -> list[SignalKind]:
        """Log in so many hours after noon; what it gives rise to."""
        place = at(where) if isinstance(where, str) else where
        found = self.lookout.login(WALL + hours * HOUR, place, ACCOUNT, self.settings)
        if self.known is not None and ACCOUNT in self.lookout.wanted()[0]:
            found += self.lookout.learn_home(ACCOUNT, self.known, self.settings)
        self.signals += found
        return [signal.kind for signal in found]

    def sends(self, count: int, hours: float = 0.0, recipients: int = 1) -> list[SignalKind]:
        """Send so many mails; what it gives rise to."""
        found: list[Signal] = []
        for _ in range(count):
            moment = WALL + hours * HOUR
            found += self.lookout.mail(moment, ACCOUNT, recipients, self.settings)
        self.signals += found
        return [signal.kind for signal in found]
