"""Places of the simulation of stolen accounts: countries, providers, addresses."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from core.sources.facts import AddressFacts, NetworkHit
from core.words import NetworkKind

DAY = 86_400
START = 20_500 * DAY


class Visit(NamedTuple):
    """An account logs in, and may send.

    Attributes:
        at: seconds since 1970.
        story: whose, for the table.
        account: login name.
        where: the client's address.
        mails, recipients: how many mails it sends, and to how many each.
        dead: percent of the recipients that are refused.
        spared: a traveller pass, an exemption, or a relay of a big provider.
    """

    at: float
    story: str
    account: str
    where: AddressFacts
    mails: int = 0
    recipients: int = 1
    dead: int = 0
    spared: bool = False


class Map:
    """Addresses of providers in countries."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def provider(self, country: str, kind: str = "access") -> int:
        """The number of one of a country's providers; there are a few big ones, and hosters."""
        number = {"access": 8, "mobile": 3, "cloud": 6}[kind]
        base = {"access": 0, "mobile": 20, "cloud": 40}[kind]
        first = (ord(country[0]) * 91 + ord(country[1])) * 64
        return first + base + min(int(self.random.expovariate(0.5)), number - 1)

    def address(self, country: str, asn: int, kinds: tuple[NetworkKind, ...] = ()) -> AddressFacts:
        """Some address of a provider, IPv4 or IPv6. One network in fifty is placed wrongly."""
        network = self.random.randrange(16)
        dice = Random(asn * 16 + network)
        second = country
        if dice.random() < 0.02:
            # Where one source errs, the other one mostly does not.
            second = country if dice.random() < 0.8 else ""
            country = dice.choice(["NL", "FR", "AT", "US", "GB", "PL"])
        hits = tuple(NetworkHit(kind, "a service", f"AS{asn}", "a list") for kind in kinds)
        if self.random.random() < 0.3:
            value = (0x2A00 << 112) | (asn << 96) | self.random.getrandbits(64) << 32
            return AddressFacts("v6", 6, value, False, country, second, asn, "", hits)
        value = (asn * 4099 & 0xFFF) << 20 | network << 16 | self.random.getrandbits(16)
        return AddressFacts("v4", 4, value & 0xFFFFFFFF, False, country, second, asn, "", hits)
