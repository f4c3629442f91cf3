"""A world of a few networks: what the daemon of a test knows, written in milliseconds."""

from __future__ import annotations

from pathlib import Path

from tests.databases import write_asn, write_country

RUSSIA = "203.0.113.7"
GERMANY = "198.51.100.7"
AMERICA = "192.0.2.7"

COUNTRIES = {"203.0.113.0/24": "RU", "198.51.100.0/24": "DE", "192.0.2.0/24": "US"}

REFUSE_RUSSIA = {"country.mode": "refuse", "country.list": ["RU"]}
"""Settings under which an address in Russia is refused, and no other."""


def write(data: Path, **changes: str) -> None:
    """Write both databases.

    Args:
        data: the data directory.
        changes: other countries than `COUNTRIES`, by the name of their prefix.
    """
    write_country(data / "country.mmdb", COUNTRIES | changes)
    write_asn(data / "asn.mmdb", {"203.0.113.0/24": (64500, "Example")})
