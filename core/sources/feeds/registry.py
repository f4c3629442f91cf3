"""All feeds that can be fetched: what each is, where it lies, and how long it may be believed.

A new feed is one parser and one entry here. Lists that also name access networks are left out on
purpose, and so is FireHOL: its levels join lists that stand here by themselves with unused and
private space, and nobody says on which terms (facts/data_sources.md 2 and 3). Lists of attackers
other than Spamhaus's are fetched only for whoever wants them by name (``lists.<name>``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from core.sources.feeds import (
    abuseipdb,
    address_list,
    asndrop,
    aws,
    azure,
    dshield,
    geofeed,
    google_cloud,
    google_spf,
    oracle,
    spamhaus_drop,
    tor_exits,
    turris,
    vultr,
)
from core.sources.feeds.feed import Feed
from core.words import NetworkKind

STALE_DAYS: Final = 14
"""Attackers move: a list of them that has not changed for so long is not believed any more."""

_DROP_TERMS: Final = "free of charge, credit to The Spamhaus Project (spamhaus.org/drop)"
_FREE: Final = "free of charge, no licence stated"
_NON_COMMERCIAL: Final = "not for commercial use"
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
        opt_in: is fetched only for whoever wants it by name.
        key_header: the header in which the customer's key is sent, "" for a list without a key.
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
    opt_in: bool = False
    key_header: str = ""

    @property
    def singles_out(self) -> bool:
        """Tell whether an entry accuses somebody, so that it must not cover our own side.

        A cloud's ranges accuse nobody: they may well cover this very server, which is local
        anyway, and an exempt address, which passes before.
        """
        return self.kind in (NetworkKind.ATTACKER, NetworkKind.ANONYMISER)


_CLOUD = NetworkKind.CLOUD
_WEEKLY: Final = 6 * 24


def _attackers(
    name: str,
    label: str,
    *addresses: str,
    parse: Callable[[bytes], Feed] = address_list.parse,
    refresh_hours: int = 6,
    terms: str = _FREE,
    key_header: str = "",
) -> FeedDescription:
    """A list of attackers that counts for whoever wants it."""
    return FeedDescription(
        name,
        label,
        NetworkKind.ATTACKER,
        parse,
        addresses,
        refresh_hours=refresh_hours,
        stale_days=STALE_DAYS,
        terms=terms,
        opt_in=True,
        key_header=key_header,
    )


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
    _attackers(
        "blocklist_de",
        "blocklist.de",
        "https://lists.blocklist.de/lists/mail.txt",
        "https://lists.blocklist.de/lists/imap.txt",
        refresh_hours=2,
    ),
    _attackers("cins", "CINS Army", "https://cinsscore.com/list/ci-badguys.txt"),
    _attackers(
        "greensnow",
        "GreenSnow",
        "https://blocklist.greensnow.co/greensnow.txt",
        refresh_hours=2,
    ),
    _attackers(
        "bruteforceblocker",
        "BruteForceBlocker",
        "https://danger.rulez.sk/projects/bruteforceblocker/blist.php",
    ),
    _attackers(
        "et_compromised",
        "Emerging Threats",
        "https://rules.emergingthreats.net/blockrules/compromised-ips.txt",
        refresh_hours=12,
    ),
    _attackers(
        "dshield",
        "DShield",
        "https://feeds.dshield.org/block.txt",
        parse=dshield.parse,
        refresh_hours=20,
        terms=f"CC BY-NC-SA 2.5, {_NON_COMMERCIAL}; credit to the SANS Internet Storm Center",
    ),
    _attackers(
        "turris",
        "Turris Sentinel",
        "https://view.sentinel.turris.cz/greylist-data/greylist-latest.csv",
        parse=turris.parse,
        refresh_hours=_WEEKLY,
        terms=f"{_NON_COMMERCIAL}; by CZ.NIC",
    ),
    _attackers(
        "abuseipdb",
        "AbuseIPDB",
        "https://api.abuseipdb.com/api/v2/blacklist?limit=10000",
        parse=abuseipdb.parse,
        terms="by your account; a free one fetches five times a day at most",
        key_header="Key",
    ),
)

FEEDS: Final = {description.name: description for description in _ALL}
"""Every feed by name, in the order in which they are fetched."""

RECOMMENDED: Final = tuple(name for name, each in FEEDS.items() if not each.opt_in)
"""What "default" stands for: fetching a list refuses nobody until a setting says so."""
