"""Builds tiny data directories for tests, in milliseconds: databases in every layout, and ranges.

Use it from any test: ``write_country``, ``write_asn``, ``write_ranges``. The layouts are those that
are met in the wild (facts/data_sources.md 1.3). A file named ``country.mmdb`` or ``asn.mmdb`` also
gets its receipt, without which it would be read by the slow reader.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from netaddr import IPSet

from core.data.dated_writer import DatedWriter
from core.net.countries import CODES
from core.sources import directory as places
from core.sources import ranges
from core.sources import receipt as receipts
from core.sources.ranges import Ranges
from core.sources.receipt import Receipt
from core.sources.walk import CANARIES

CountryLayout = Literal["flat", "nested", "registered", "ipinfo"]
AsnLayout = Literal["maxmind", "ipinfo"]

_TYPES: dict[str, str] = {
    "flat": "country ipvAll",
    "nested": "GeoLite2-Country",
    "registered": "GeoLite2-Country",
    "ipinfo": "ipinfo bundle_location_lite.mmdb",
    "maxmind": "GeoLite2-ASN",
}


def write_country(
    path: Path,
    countries: Mapping[str, str],
    layout: CountryLayout = "flat",
    ip_version: Literal[4, 6] = 6,
    build_epoch: int | None = None,
) -> Path:
    """Write a country database.

    Args:
        path: the file; its folder is made.
        countries: prefix to country code, e.g. ``{"203.0.113.0/24": "RU"}``.
        layout: flat (ip-location-db), nested (GeoLite2, DB-IP), registered (nested, but with the
            country of registration alone), ipinfo.
        ip_version: 4 makes a file that knows no IPv6.
        build_epoch: when it pretends to be built, in seconds since 1970; now if left out.
    """
    records = {prefix: _country_record(code, layout) for prefix, code in countries.items()}
    return _write(path, records, _TYPES[layout], ip_version, build_epoch)


def write_asn(
    path: Path,
    systems: Mapping[str, tuple[int, str]],
    layout: AsnLayout = "maxmind",
    ip_version: Literal[4, 6] = 6,
    build_epoch: int | None = None,
) -> Path:
    """Write an ASN database.

    Args:
        path: the file; its folder is made.
        systems: prefix to number and name, e.g. ``{"198.51.100.0/24": (24940, "Hetzner")}``.
        layout: maxmind (GeoLite2, DB-IP) or ipinfo (numbers as text).
        ip_version: 4 makes a file that knows no IPv6.
        build_epoch: when it pretends to be built, in seconds since 1970; now if left out.
    """
    records = {prefix: _asn_record(*system, layout) for prefix, system in systems.items()}
    return _write(path, records, _TYPES[layout], ip_version, build_epoch)


def write_plausible(path: Path, name: str, build_epoch: int, networks: int = 0) -> Path:
    """Write a database that an update would accept: large enough, and it knows the canaries.

    Args:
        path: the file.
        name: ``country`` or ``asn``.
        build_epoch: when it pretends to be built, in seconds since 1970.
        networks: how many networks to write; as many as are needed if left out.
    """
    known = {f"{canary}/32": "US" for canary in CANARIES}
    if name == "country":
        codes = sorted(CODES)
        blocks = _blocks(networks or len(codes))
        known |= {block: codes[i % len(codes)] for i, block in enumerate(blocks)}
        return write_country(path, known, "nested", build_epoch=build_epoch)
    systems = dict.fromkeys(known, (15169, "Google"))
    blocks = _blocks(networks or 1000)
    systems |= {block: (64500 + i, f"Example {i}") for i, block in enumerate(blocks)}
    return write_asn(path, systems, build_epoch=build_epoch)


def _blocks(count: int) -> list[str]:
    return [f"20.{i // 256}.{i % 256}.0/24" for i in range(count)]


def write_records(
    path: Path,
    records: Mapping[str, Any],
    database_type: str = "Test",
    ip_version: Literal[4, 6] = 6,
    build_epoch: int | None = None,
) -> Path:
    """Write a database with records of any shape: prefix to record."""
    return _write(path, records, database_type, ip_version, build_epoch)


def write_ranges(
    directory: Path,
    name: str,
    prefixes: tuple[str, ...] = (),
    asns: Mapping[int, str] | None = None,
    vintage: str = "test",
    age: float = 0,
) -> None:
    """Write what a feed has had accepted into a data directory.

    Args:
        directory: the data directory.
        name: a feed's name, e.g. ``aws``, ``spamhaus_drop``, ``tor_exits``, ``google_spf``.
        prefixes: its prefixes; nothing is dropped, documentation prefixes work.
        asns: AS number to name, for ``asndrop``.
        vintage: the feed's own date.
        age: how many seconds ago it was fetched and last changed.
    """
    then = time.time() - age
    ranges.save(
        directory,
        Ranges(name, vintage, then, then, then, prefixes, dict(asns or {})),
    )


def _country_record(code: str, layout: CountryLayout) -> dict[str, Any]:
    country = {"iso_code": code, "geoname_id": 1, "names": {"en": code, "de": code}}
    if layout == "flat":
        return {"country_code": code}
    if layout == "ipinfo":
        return {"country": f"Land of {code}", "country_code": code, "continent_code": "EU"}
    if layout == "registered":
        return {"registered_country": country, "continent": {"code": "EU"}}
    return {
        "country": country,
        "registered_country": {"iso_code": "US"},
        "continent": {"code": "EU"},
    }


def _asn_record(number: int, name: str, layout: AsnLayout) -> dict[str, Any]:
    if layout == "ipinfo":
        return {"asn": f"AS{number}", "as_name": name, "as_domain": "example.com"}
    return {"autonomous_system_number": number, "autonomous_system_organization": name}


def _write(
    path: Path,
    records: Mapping[str, Any],
    database_type: str,
    ip_version: Literal[4, 6],
    build_epoch: int | None,
) -> Path:
    epoch = int(time.time()) if build_epoch is None else build_epoch
    writer = DatedWriter(database_type, epoch, ip_version)
    # Wider prefixes first: a later, narrower one is cut out of them.
    for prefix in sorted(records, key=lambda text: int(text.partition("/")[2])):
        writer.insert_network(IPSet([prefix]), records[prefix])
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    writer.to_db_file(str(temporary))
    # As the updater does it: whoever has the old file open goes on reading it.
    temporary.replace(path)
    if path.stem in places.DATABASES:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        receipts.save(path.parent, path.stem, Receipt("file", sha256=digest), keep=False)
    return path
