"""A server about whose clients something can be explained: data of documentation networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.core.web.rig import Pages
from tests.databases import write_asn, write_country

SERVER = ("server", "")

REFUSED = "203.0.113.7"
"""In Russia."""

FINE = "198.51.100.1"
"""In Austria."""


def furnish(pages: Pages) -> None:
    """Give the server countries and systems; to be done before a page is asked for."""
    directory = pages.config.data
    directory.mkdir()
    write_country(directory / "country.mmdb", {"203.0.113.0/24": "RU", "198.51.100.0/24": "AT"})
    write_asn(directory / "asn.mmdb", {"203.0.113.0/24": (64500, "<Example>")})


def only_austria(
    pages: Pages, scope: tuple[str, str] = SERVER, more: Mapping[str, Any] | None = None
) -> None:
    """Allow logins from Austria only."""
    values = {"country.mode": "allow", "country.list": ["AT"], **(more or {})}
    pages.parts.store.settings.change(scope, values, "somebody", 1.0)
