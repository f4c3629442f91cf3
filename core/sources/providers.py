"""What an administrator chose: who supplies the databases, and which feeds are fetched."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from core.sources import directory as places
from core.sources.feeds.registry import FEEDS, RECOMMENDED


class Providers(Struct, frozen=True):
    """What an administrator chose.

    Attributes:
        country: who supplies the databases; ``none`` leaves those that are there alone.
        maxmind_account: account number, for ``maxmind``.
        maxmind_key: licence key, for ``maxmind``. A secret.
        ipinfo_token: token, for ``ipinfo``. A secret.
        country_file: a database on this server, for ``file``.
        asn_file: likewise; "" leaves the ASN database alone.
        feeds: names of feeds; ``default`` stands for the recommended ones.
        lists: names of the lists of attackers that are wanted beside them.
        keys: list -> the customer's key to it. Secrets.
    """

    country: Literal["dbip", "maxmind", "ipinfo", "file", "none"] = "dbip"
    maxmind_account: str = ""
    maxmind_key: str = ""
    ipinfo_token: str = ""
    country_file: str = ""
    asn_file: str = ""
    feeds: tuple[str, ...] = ("default",)
    lists: tuple[str, ...] = ()
    keys: dict[str, str] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in any text."""
        return tuple(filter(None, (self.maxmind_key, self.ipinfo_token, *self.keys.values())))

    @property
    def databases(self) -> tuple[str, ...]:
        """Names of the databases that are to be kept up to date."""
        if self.country == "none":
            return ()
        return ("country",) if self.country == "file" and not self.asn_file else places.DATABASES

    @property
    def feed_names(self) -> tuple[str, ...]:
        """Names of the chosen feeds, each once, those that do not exist included."""
        chosen = [
            name
            for entry in (*self.feeds, *self.lists)
            for name in (RECOMMENDED if entry == "default" else (entry,))
        ]
        ordered = [name for name in FEEDS if name in chosen]
        return tuple(dict.fromkeys(ordered + chosen))
