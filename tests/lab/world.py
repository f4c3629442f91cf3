"""A small world for dialogues: whose addresses are whose, in the prefixes kept for documentation.

RFC 5737 and RFC 3849 keep these prefixes from anybody; the databases written here give them to
countries and networks, so that a client can come from Russia without leaving the machine.
"""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_network
from typing import TYPE_CHECKING

from core.net.addresses import own_addresses
from tests.databases import write_asn, write_country, write_ranges

if TYPE_CHECKING:
    from pathlib import Path

COUNTRIES = {
    "192.0.2.0/24": "US",
    "198.51.100.0/24": "DE",
    "203.0.113.0/24": "RU",
    "2001:db8:6::/48": "US",
    "2001:db8:7::/48": "RU",
    "2001:db8:8::/48": "DE",
}

FEEDS = {
    "aws": ("198.51.100.128/27", "2001:db8:8:c::/64"),
    "spamhaus_drop": ("198.51.100.160/27", "2001:db8:8:d::/64"),
    "google_spf": ("203.0.113.192/27", "2001:db8:7:e::/64"),
}
"""A cloud and an attacker in Germany, a mail relay in Russia."""

SYSTEMS = {"192.0.2.0/24": (64500, "Example Access Networks")}

ORIGINS = {
    ("US", 4): "192.0.2.0/25",
    ("DE", 4): "198.51.100.0/25",
    ("RU", 4): "203.0.113.0/25",
    ("cloud", 4): FEEDS["aws"][0],
    ("attacker", 4): FEEDS["spamhaus_drop"][0],
    ("relay", 4): FEEDS["google_spf"][0],
    ("unknown", 4): "198.18.0.0/25",
    ("marker", 6): "2001:db8:ffff::/112",
    ("US", 6): "2001:db8:6:1::/112",
    ("DE", 6): "2001:db8:8:1::/112",
    ("RU", 6): "2001:db8:7:1::/112",
    ("cloud", 6): FEEDS["aws"][1],
    ("attacker", 6): FEEDS["spamhaus_drop"][1],
    ("relay", 6): FEEDS["google_spf"][1],
    ("unknown", 6): "2001:db8:99::/112",
}
"""Where clients come from: a country or a kind of network, and an IP version."""


def write(directory: Path) -> None:
    """Write this world into a data directory."""
    write_country(directory / "country.mmdb", COUNTRIES)
    write_asn(directory / "asn.mmdb", SYSTEMS)
    for name, prefixes in FEEDS.items():
        write_ranges(directory, name, prefixes)


class Population:
    """Hands out client addresses, each once, so that no test sees what another one left."""

    def __init__(self) -> None:
        """Nobody has been born yet."""
        self._near = own_addresses()
        self._used: Counter[tuple[str, int]] = Counter()

    def client(self, origin: str, family: int = 4) -> str:
        """An address from there that nobody had. Raises IndexError when there is none left.

        Containers like documentation addresses, too: this machine's own are near, not far.
        """
        while True:
            self._used[origin, family] += 1
            address = str(ip_network(ORIGINS[origin, family])[self._used[origin, family]])
            if address not in self._near:
                return address
