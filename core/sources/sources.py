"""Everything that is known about an address, behind one question.

Opening never fails: what is missing or damaged has no opinion, and ``status`` says why. Looking
asks no name server and no network. What it reads is mapped into memory, and answers are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Final

from core.net.addresses import is_local, parse
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources.facts import AddressFacts
from core.sources.networks import Networks
from core.sources.opinion import opinions
from core.sources.reader import Database
from core.sources.status import SourceStatus, of_database, of_networks
from core.words import N_

KEPT: Final = 10_000
"""How many answers are kept: about 4 MB, of the daemon's 80, when all places are taken."""

LONGEST: Final = 64
"""An IPv6 address of 39 characters with brackets and the name of an interface fits well."""

REGISTRIES: Final = "registries"
"""What the second opinion is called in the status."""


class Sources:
    """The sources as they were when they were opened. Threads may share one.

    After an update, open a new one, use it, and close the old one.
    """

    def __init__(self, directory: Path, own: frozenset[str]) -> None:
        """Use ``open``."""
        now = time.time()
        self._directory = directory
        self._country = _open(directory, "country")
        self._asn = _open(directory, "asn")
        self._networks = Networks.load(directory, now)
        self._own = frozenset(address.text for address in map(parse, own) if address)
        self._kept: Callable[[str], AddressFacts] = lru_cache(KEPT)(self._look)

    @classmethod
    def open(cls, directory: Path, *, own: frozenset[str] = frozenset()) -> Sources:
        """Open what lies in a data directory. Never raises, even if there is none.

        Args:
            directory: the data directory.
            own: addresses of this server, which are local to it.
        """
        return cls(directory, own)

    def look(self, address: str) -> AddressFacts:
        """Return what is known about an address. Never raises.

        Args:
            address: text as `core.net.addresses.parse` takes it; of anything else, the facts say
                that it is no address (version 0).
        """
        # A text of many kilobytes is no address, and must not take up memory as if it were one.
        return self._kept(address) if len(address) <= LONGEST else self._look(address)

    def _look(self, text: str) -> AddressFacts:
        address = parse(text)
        if address is None:
            return AddressFacts(text, 0, 0)
        version, value, canonical = address
        if is_local(address) or canonical in self._own:
            return AddressFacts(canonical, version, value, local=True)
        country, second = opinions(self._country, version, canonical)
        asn, name = self._asn.autonomous_system(version, canonical)
        name = intern(name)  # one copy serves all addresses of a system, as long as one is kept
        hits = self._networks.hits(version, value, asn)
        return AddressFacts(canonical, version, value, False, country, second, asn, name, hits)

    def country_of(self, text: str) -> str:
        """Return the country of a public address, be it this server's own; "" where none is known.

        Never raises.
        """
        address = parse(text)
        if address is None or is_local(address):
            return ""
        version, _, canonical = address
        first, second = opinions(self._country, version, canonical)
        return first or second

    def status(self) -> list[SourceStatus]:
        """Describe each source: what there is, how old it is and what is wrong with it."""
        # A megabyte that nobody has use for before this is asked.
        from importlib.metadata import version  # noqa: PLC0415

        now = time.time()
        return [
            of_database("country", self._country, receipts.load(self._directory, "country"), now),
            of_database("asn", self._asn, receipts.load(self._directory, "asn"), now),
            SourceStatus(
                REGISTRIES,
                version("iptocc"),
                credit=N_("allocations of the regional registries, by iptocc"),
                terms="MIT or Apache-2.0",
            ),
            *of_networks(self._networks, now),
        ]

    def close(self) -> None:
        """Release the files. Looking afterwards finds nothing new, and does not fail."""
        self._country.close()
        self._asn.close()


def _open(directory: Path, name: str) -> Database:
    receipt = receipts.load(directory, name)
    return Database(places.database_path(directory, name), receipt.sha256 if receipt else "")
