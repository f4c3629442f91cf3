"""All feeds that can be fetched: what each is, where it lies, and how long it may be believed.

A new feed is one parser and one entry here. Lists whose terms forbid commercial use, and lists
that also name access networks, are left out on purpose (facts/data_sources.md 2 and 3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from core.sources.feeds import (
    asndrop,
    aws,
    azure,
    geofeed,
    google_cloud,
    google_spf,
    oracle,
    spamhaus_drop,
    tor_exits,
    vultr,
)
from core.sources.feeds.feed import Feed
from core.words import NetworkKind

STALE_DAYS: Final = 14
"""Attackers move: a list of them that has not changed for so long is not believed any more."""

_DROP_TERMS: Final = "free of charge, credit to The Spamhaus Project (spamhaus.org/drop)"
_PUBLISHED: Final = "published by the provider for this use"


class FeedDescription(Struct, frozen=True):
    """What is known of a feed beforehand.

    Attributes:
        name: its name in settings, file names and evidence.
        label: who runs the networks in it, for people.
        kind: what it says the networks are.
        parse: its parser.
        addresses: where it lies; several are fetched in turn and joined.
        refresh_hours: how long its provider asks to leave it alone.
        stale_days: after how many days without a change it is not used any more; 0 for never.
        terms: its licence, in short.
        locate: finds the real address in the page at the address, for a feed that moves.
        spf: the addresses are domains whose SPF records are read from the DNS.
    """

    name: str
    label: str
    kind: NetworkKind
    parse: Callable[[bytes], Feed]
    addresses: tuple[str, ...]
    refresh_hours: int = 20
    stale_days: int = 0
    terms: str = _PUBLISHED
    locate: Callable[[bytes], str] | None = None
    spf: bool = False

    @property
    def singles_out(self) -> bool:
        """Tell whether an entry accuses somebody, so that it must not cover our own side.

        A cloud's ranges accuse nobody: they may well cover this very server, which is local
        anyway, and an exempt address, which passes before.
        """
        return self.kind in (NetworkKind.ATTACKER, NetworkKind.ANONYMISER)


_CLOUD = NetworkKind.CLOUD
_WEEKLY: Final = 6 * 24

_ALL: Final = (
    FeedDescription(
        "aws",
        "Amazon EC2",
        _CLOUD,
        aws.parse,
        ("https://ip-ranges.amazonaws.com/ip-ranges.json",),
    ),
    FeedDescription(
        "google_cloud",
        "Google Cloud",
        _CLOUD,
        google_cloud.parse,
        ("https://www.gstatic.com/ipranges/cloud.json",),
    ),
    FeedDescription(
        "azure",
        "Microsoft Azure",
        _CLOUD,
        azure.parse,
        ("https://www.microsoft.com/en-us/download/details.aspx?id=56519",),
        refresh_hours=_WEEKLY,
        locate=azure.find_address,
    ),
    FeedDescription(
        "oracle",
        "Oracle Cloud",
        _CLOUD,
        oracle.parse,
        ("https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json",),
        refresh_hours=_WEEKLY,
    ),
    FeedDescription(
        "digitalocean",
        "DigitalOcean",
        _CLOUD,
        geofeed.parse,
        ("https://www.digitalocean.com/geo/google.csv",),
        refresh_hours=_WEEKLY,
    ),
    FeedDescription(
        "linode",
        "Linode",
        _CLOUD,
        geofeed.parse,
        ("https://geoip.linode.com/",),
        refresh_hours=_WEEKLY,
    ),
    FeedDescription(
        "vultr",
        "Vultr",
        _CLOUD,
        vultr.parse,
        ("https://geofeed.constant.com/?json",),
        refresh_hours=_WEEKLY,
    ),
    FeedDescription(
        "spamhaus_drop",
        "Spamhaus DROP",
        NetworkKind.ATTACKER,
        spamhaus_drop.parse,
        (
            "https://www.spamhaus.org/drop/drop_v4.json",
            "https://www.spamhaus.org/drop/drop_v6.json",
        ),
        stale_days=STALE_DAYS,
        terms=_DROP_TERMS,
    ),
    FeedDescription(
        "asndrop",
        "Spamhaus ASN-DROP",
        NetworkKind.ATTACKER,
        asndrop.parse,
        ("https://www.spamhaus.org/drop/asndrop.json",),
        stale_days=STALE_DAYS,
        terms=_DROP_TERMS,
    ),
    FeedDescription(
        "tor_exits",
        "Tor exit",
        NetworkKind.ANONYMISER,
        tor_exits.parse,
        ("https://check.torproject.org/torbulkexitlist",),
        stale_days=STALE_DAYS,
    ),
    FeedDescription(
        "google_spf",
        "Google mail",
        NetworkKind.RELAY,
        google_spf.parse,
        ("_spf.google.com",),
        spf=True,
    ),
)

FEEDS: Final = {description.name: description for description in _ALL}
"""Every feed by name, in the order in which they are fetched."""

RECOMMENDED: Final = tuple(FEEDS)
"""What "default" stands for: fetching a list refuses nobody until a setting says so."""
