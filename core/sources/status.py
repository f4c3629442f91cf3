"""The state of each source, for the status command and the pages.

Says what there is, how old it is, what is wrong with it and whose work it is. Decides nothing.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.sources.feeds.feed import day_of
from core.sources.feeds.registry import FEEDS
from core.sources.networks import HOSTING, Networks, staleness
from core.sources.reader import Database
from core.sources.receipt import Receipt
from core.words import N_

_DAY: Final = 24 * 3600

OLD_DAYS: Final = 60
"""Country and ownership data decays slowly; two missed monthly releases deserve a word."""


class SourceStatus(Struct, frozen=True):
    """One source.

    Attributes:
        name: ``country``, ``asn``, ``registries``, ``hosting``, or a feed's name.
        vintage: the data's own date or version, "" when unknown.
        entries: how many networks or systems it holds; 0 when unknown.
        age: seconds since its provider last confirmed it, None when it was never fetched.
        problem: what is wrong, "" when nothing is. A source with a problem may still answer.
        credit: whom to thank; some licences ask that a page which shows results says so.
        terms: its licence, in short.
        link: where the credit has to lead, "" when it need not.
    """

    name: str
    vintage: str = ""
    entries: int = 0
    age: float | None = None
    problem: str = ""
    credit: str = ""
    terms: str = ""
    link: str = ""


class Origin(Struct, frozen=True):
    """Whose database it is: credit, terms and link as in SourceStatus."""

    credit: str
    terms: str
    link: str


_DBIP: Final = Origin("IP Geolocation by DB-IP", "CC BY 4.0", "https://db-ip.com")
_MAXMIND: Final = Origin("GeoLite2 by MaxMind", "MaxMind EULA", "https://www.maxmind.com")
_IPINFO: Final = Origin("IP data by IPinfo", "CC BY-SA 4.0", "https://ipinfo.io")
_SEED_ASN: Final = Origin("RouteViews, DB-IP and NRO", "CC BY 4.0", "https://db-ip.com")
_OWN: Final = Origin(N_("the administrator's own file"), "", "")

ORIGINS: Final = {
    ("country", "seed"): _DBIP,
    ("country", "dbip"): _DBIP,
    ("country", "maxmind"): _MAXMIND,
    ("country", "ipinfo"): _IPINFO,
    ("asn", "seed"): _SEED_ASN,
    ("asn", "dbip"): _DBIP,
    ("asn", "maxmind"): _MAXMIND,
    ("asn", "ipinfo"): _IPINFO,
}
"""(database, provider) -> origin."""


def of_database(name: str, database: Database, receipt: Receipt | None, now: float) -> SourceStatus:
    """Describe the country or the ASN database.

    Args:
        name: ``country`` or ``asn``.
        database: the file, open or not.
        receipt: from where it came, if that is known.
        now: seconds since 1970.
    """
    if not database.is_open:
        return SourceStatus(name, problem=database.problem)
    days = (now - database.build_epoch) / _DAY
    old = f"its data is {days:.0f} days old" if days > OLD_DAYS else ""
    problem = "; ".join(filter(None, (database.problem, old)))
    if receipt is None:
        return SourceStatus(name, day_of(database.build_epoch), problem=problem, credit=_OWN.credit)
    origin = ORIGINS.get((name, receipt.provider), _OWN)
    age = now - receipt.checked if receipt.checked else None
    return SourceStatus(
        name,
        receipt.vintage,
        receipt.entries,
        age,
        problem,
        origin.credit,
        origin.terms,
        origin.link,
    )


def of_networks(networks: Networks, now: float) -> list[SourceStatus]:
    """Describe the list that comes with Mailward and every feed that was fetched.

    Args:
        networks: what was loaded.
        now: seconds since 1970.
    """
    statuses = [SourceStatus(HOSTING, entries=networks.hosting_count, credit="Mailward")]
    for name, description in FEEDS.items():
        found = networks.used.get(name)
        problem = networks.problems.get(name, "")
        if found is not None:
            problem = staleness(description, found, now)
        elif not problem:
            continue
        statuses.append(
            SourceStatus(
                name,
                found.vintage if found else "",
                found.count if found else 0,
                now - found.checked if found else None,
                problem,
                found.note if found and found.note else description.label,
                description.terms,
            )
        )
    return statuses
