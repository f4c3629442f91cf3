"""In which country each network is that people of this server use, as far as their logins tell.

Country databases put one network in fifty into the wrong country, and most providers serve one
country only. Where nearly all logins through a provider come from one country, a login through it
from elsewhere is first of all an error of the database.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

MOST: Final = 20_000
"""Networks that are remembered; those that were seen first are forgotten first."""

LEAST: Final = 20
"""Logins through a network before it tells anything."""

SHARE: Final = 0.9
"""Part of them that must come from one country."""


class _Count(Struct, gc=False):
    """Logins through one network: all, and those from the country that leads."""

    country: str
    leads: int
    every: int


class Systems:
    """The networks of one server."""

    def __init__(self) -> None:
        self._counts: dict[int, _Count] = {}

    def __len__(self) -> int:
        """Networks that are remembered."""
        return len(self._counts)

    def note(self, asn: int, country: str) -> str:
        """Count a login; the country of nearly all logins through that network, "" for none.

        Args:
            asn: the network's number, 0 when it is not known.
            country: where a database puts the address.
        """
        if not asn or not country:
            return ""
        count = self._counts.get(asn)
        if count is None:
            if len(self._counts) >= MOST:
                del self._counts[next(iter(self._counts))]
            count = self._counts[asn] = _Count(country, 0, 0)
        count.every += 1
        if count.country == country:
            count.leads += 1
        elif count.leads * 2 < count.every:  # another one may lead; it must prove itself
            count.country, count.leads, count.every = country, 1, 1
        certain = count.every >= LEAST and count.leads >= SHARE * count.every
        return count.country if certain else ""
