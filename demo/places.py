"""Where clients connect from: real address ranges, used as data only.

No packet ever leaves this machine; the ranges are large and well known, so that the countries and
networks that the seed databases name for them are plausible. Everything that is accused of being an
attacker lies in a range that RFC 5737 or RFC 3849 reserve for documentation, or is drawn at random
from millions of consumer addresses.
"""

from __future__ import annotations

import ipaddress
from random import Random

from msgspec import Struct


class Place(Struct, frozen=True):
    """A network that clients connect from.

    Attributes:
        country: ISO code that the seed databases give for all of it, "" where they know none or it
            varies.
        prefixes: its address ranges; one is as likely as the other.
    """

    country: str
    prefixes: tuple[str, ...]

    def address(self, random: Random) -> str:
        """Any address of it."""
        network = ipaddress.ip_network(random.choice(self.prefixes))
        if network.version == 4:
            return str(network[random.randrange(1, network.num_addresses - 1)])
        # Of an IPv6 customer the network tells, and a short host part is easier to read.
        subnet = random.randrange(1, 2 ** (64 - network.prefixlen))
        return str(network[(subnet << 64) + random.randrange(1, 256)])


HOMES = Place(
    "DE",
    (
        "91.10.0.0/16",
        "88.65.0.0/16",
        "77.176.0.0/16",
        "87.123.0.0/16",
        "84.56.0.0/16",
        "2003:e5:1f00::/44",
        "2a02:8109::/48",
    ),
)
"""Homes of German customers; IPv6 as telephone and cable companies hand it out."""

PHONES = Place("DE", ("80.187.64.0/18", "109.40.0.0/16", "2a01:598:900::/44", "2a02:3030:600::/44"))
AUSTRIA = Place("AT", ("62.47.0.0/16", "84.112.0.0/16"))
SWITZERLAND = Place("CH", ("85.0.0.0/16", "178.197.0.0/16"))
ITALY = Place("IT", ("79.0.0.0/16",))
LOOPBACK = "127.0.0.1"
"""The webmail of this server."""

GOOGLE = Place("US", ("209.85.220.0/24",))
"""Gmail's "Send mail as" and its POP3 fetcher."""

OUTLOOK = Place("", ("52.125.128.0/22",))
"""Outlook on phones, which logs in from Microsoft's servers."""

SHOP_SERVER = "116.203.41.17"
"""A customer's web shop on a rented server."""

HIJACKED = Place("", ("203.0.113.0/25", "203.0.113.128/25", "2001:db8:bad::/48"))
"""Stands for the hijacked networks of the Spamhaus DROP list."""

TOR = Place("", ("198.51.100.0/27",))
"""Stands for the exits of the Tor network."""

REPORTED = Place("", ("192.0.2.0/26",))
"""Stands for addresses that others have reported for guessing passwords."""

BOTNET = (
    (Place("CN", ("222.186.0.0/16", "218.92.0.0/16")), 12),
    (Place("VN", ("14.160.0.0/16",)), 9),
    (Place("BR", ("177.32.0.0/16",)), 9),
    (Place("IN", ("122.160.0.0/16", "49.36.0.0/16")), 8),
    (Place("ID", ("36.66.0.0/16",)), 6),
    (Place("RU", ("95.24.0.0/16",)), 6),
    (Place("IR", ("5.112.0.0/16",)), 4),
    (Place("PK", ("39.32.0.0/16",)), 4),
    (Place("TR", ("78.160.0.0/16",)), 4),
    (Place("AR", ("190.16.0.0/16",)), 3),
    (Place("CO", ("181.48.0.0/16",)), 3),
    (Place("EG", ("41.32.0.0/16",)), 3),
    (Place("KR", ("121.128.0.0/16",)), 3),
    (Place("KZ", ("2.132.0.0/16",)), 2),
    (Place("US", ("73.10.0.0/16",)), 2),
    (Place("PL", ("89.64.0.0/16",)), 1),
)
"""Hacked routers and cameras in homes of the world, and how many there are of each country."""

CLOUDS = (
    (Place("", ("64.227.0.0/17", "134.209.0.0/16", "159.65.0.0/16")), 10),
    (Place("", ("51.38.0.0/16", "51.75.0.0/16")), 5),
    (Place("", ("20.50.0.0/16",)), 4),
    (Place("DE", ("3.120.0.0/16", "18.196.0.0/16")), 4),
    (Place("NL", ("34.90.0.0/16",)), 3),
    (Place("DE", ("5.9.0.0/16", "173.249.0.0/19")), 3),
    (Place("", ("47.88.0.0/16",)), 3),
    (Place("", ("45.32.0.0/16", "45.76.0.0/16")), 3),
)
"""Servers that attackers rent, by the hour."""

ABROAD = (
    ("Bangkok", Place("TH", ("171.96.0.0/16",))),
    ("Boston", Place("US", ("73.10.0.0/16",))),
    ("Cape Town", Place("ZA", ("41.13.0.0/16",))),
)
"""Where people travel to."""

THIEVES = (
    Place("NG", ("105.112.0.0/17", "197.210.0.0/16")),
    Place("PH", ("112.198.0.0/16",)),
    Place("MX", ("187.188.0.0/17",)),
)
"""Where stolen passwords are used: homes again, so that no list of networks knows them."""


def pick(places: tuple[tuple[Place, int], ...], random: Random) -> Place:
    """One of several places, each as likely as its weight."""
    return random.choices([place for place, _ in places], [weight for _, weight in places])[0]
