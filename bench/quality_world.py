"""The internet of the simulation: providers with their networks, and addresses of people in them.

Numbers stand for nobody: IPv4 is drawn from 16.0.0.0 on, IPv6 from 2a00::/12. Sizes follow what
providers have: access networks are wide and renumber their customers, hosting is narrow and stays.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from core.sources.facts import AddressFacts

DAY = 86_400
START = 20_500 * DAY
"""The first second of the simulated month."""


class Try(NamedTuple):
    """Somebody tries to log in.

    Attributes:
        at: seconds since 1970.
        story: who, for the table.
        attacks: whether it is an attack.
        where: the client's address.
        account: login name.
        password: equal for equal passwords of an account.
        right: the password is right.
        sends: over submission, where the mail server's hook asks first and knows no name.
    """

    at: float
    story: str
    attacks: bool
    where: AddressFacts
    account: str
    password: str
    right: bool
    sends: bool


class Provider:
    """An autonomous system with networks of its own."""

    def __init__(self, random: Random, asn: int, networks: int) -> None:
        self._random = random
        self.asn = asn
        first = (asn % 50_000 * 977 + 0x100000) % 0xC00000
        self.networks = [(0x100000 + (first + i * 3) % 0xC00000) for i in range(networks)]
        self.v6 = (0x2A000000 + asn) << 96

    def address(self, network: int | None = None) -> AddressFacts:
        """An IPv4 address, in one of its networks if none is given."""
        if network is None:
            network = self._random.choice(self.networks)
        return self.v4(network << 8 | self._random.randrange(1, 255))

    def v4(self, value: int) -> AddressFacts:
        """That IPv4 address."""
        return AddressFacts(f"v4:{value}", 4, value, asn=self.asn)

    def site(self) -> int:
        """An IPv6 /48 for a customer."""
        return self.v6 | self._random.getrandbits(16) << 80

    def inside(self, site: int, bits: int) -> AddressFacts:
        """An address in a prefix with that many free bits."""
        value = site | self._random.getrandbits(bits)
        return AddressFacts(f"v6:{value:x}", 6, value, asn=self.asn)


class World:
    """All providers."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.access = [Provider(random, 1000 + i, random.randrange(40, 400)) for i in range(12)]
        self.mobile = [Provider(random, 2000 + i, random.randrange(2, 12)) for i in range(4)]
        self.hosting = [Provider(random, 3000 + i, random.randrange(2, 40)) for i in range(60)]
        self.abroad = [Provider(random, 5000 + i, random.randrange(5, 300)) for i in range(900)]

    def bot(self) -> AddressFacts:
        """An address of a hijacked machine: mostly homes abroad, some rented servers, some in
        the networks of honest people, their phones' shared addresses too."""
        kind = self.random.random()
        of = self.abroad if kind < 0.8 else self.hosting if kind < 0.93 else self.access
        of = self.mobile if kind > 0.98 else of
        return self.random.choice(of).address()
