"""The country and network data: brought up to date, put back, and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import DataError
from core.net.addresses import own_addresses
from core.settings import fields
from core.settings.lists import NAMES, mode
from core.settings.model import Settings
from core.settings.scope import Resolved
from core.sources import directory as places
from core.sources import updater
from core.sources.feeds.registry import FEEDS
from core.sources.progress import Progress, UpdateResult
from core.sources.providers import Providers
from core.sources.sources import Sources
from core.sources.status import SourceStatus

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told
    from core.settings.config import Config


class Updated(Struct, frozen=True):
    """What came of an update.

    Attributes:
        results: how each source fared.
        told: what the daemon said; None when there was nothing new for it.
    """

    results: tuple[UpdateResult, ...]
    told: Told | None = None

    @property
    def failed(self) -> tuple[UpdateResult, ...]:
        """The sources that keep their last good copy because they failed."""
        return tuple(result for result in self.results if result.outcome == "failed")


def update(desk: Desk, progress: Progress | None = None, *, force: bool = False) -> Updated:
    """Bring everything up to date that the settings choose, in this process. Takes a minute.

    Args:
        desk: whose.
        progress: who watches; called from this thread.
        force: also fetch what was checked so recently that its provider asks to wait.

    Raises:
        DataError: nothing could be done at all, as while another update is at work.
        StoreError: the settings cannot be read.
    """
    _make_directory(desk.config)
    rules = desk.rules().resolved
    results = updater.update(
        desk.config.data,
        providers(rules.server),
        progress=progress,
        own=own_addresses(),
        exempt=exempt_prefixes(rules),
        force=force,
    )
    new = any(result.outcome in ("updated", "removed") for result in results)
    return Updated(tuple(results), desk.reload() if new else None)


def rollback(desk: Desk, name: str) -> Updated:
    """Put the copy before of one source back in use.

    Args:
        desk: whose.
        name: ``country``, ``asn`` or a list's name.

    Raises:
        DataError: there is no copy before, or it cannot be put back.
    """
    _make_directory(desk.config)
    return Updated((updater.rollback(desk.config.data, name),), desk.reload())


def can_roll_back(config: Config) -> frozenset[str]:
    """Names of the sources that have a copy before, which `rollback` would put back in use."""
    paths = {name: places.database_path(config.data, name) for name in places.DATABASES}
    paths |= {name: places.ranges_path(config.data, name) for name in FEEDS}
    return frozenset(name for name, path in paths.items() if places.previous_path(path).exists())


def state(config: Config) -> list[SourceStatus]:
    """What data there is on the disk, how old it is and what is wrong with it."""
    sources = Sources.open(config.data)
    try:
        return sources.status()
    finally:
        sources.close()


def _make_directory(config: Config) -> None:
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise DataError(f"{config.data} cannot be used: {error.strerror}") from error


def providers(server: Settings) -> Providers:
    """What the server's settings choose, as the updater takes it."""
    data, lists = server.data, server.lists
    wanted = (name for name in NAMES if name in FEEDS and mode(lists, name) != "off")
    return Providers(
        country=data.provider,
        maxmind_account=data.maxmind_account,
        maxmind_key=data.maxmind_key,
        ipinfo_token=data.ipinfo_token,
        country_file=data.country_file,
        asn_file=data.asn_file,
        feeds=data.feeds,
        lists=tuple(wanted),
        keys={"abuseipdb": lists.abuseipdb_key} if lists.abuseipdb_key else {},
    )


def exempt_prefixes(rules: Resolved) -> list[str]:
    """Addresses and networks that any scope exempts: no list of attackers may cover them."""
    return [
        entry.entry
        for values in rules.overrides.values()
        for entry in values.get("exempt.addresses", ())
        if not fields.ASN.match(entry.entry)
    ]
