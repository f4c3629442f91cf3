"""The server's own country, which no country rule ever refuses: set, or found out by the daemon.

Without the daemon it is found out here, from the data on the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ControlError
from core.net.addresses import own_addresses
from core.sources.directory import database_path
from core.sources.server_country import detect
from core.sources.sources import Sources

if TYPE_CHECKING:
    from core.desk.desk import Desk
    from core.settings.model import Settings


def own_country(desk: Desk, server: Settings, status: Mapping[str, Any] | None = None) -> str:
    """The country of the server, ISO 3166 alpha-2, "" when it is not known. Never raises.

    Args:
        desk: whose.
        server: the server's own settings.
        status: what the daemon has just said of itself, empty when it did not answer; None to ask.
    """
    if server.country.server != "auto":
        return server.country.server
    if status is None:
        try:
            status = desk.control.call("status")
        except ControlError:
            status = {}
    if status:
        return str(status.get("server_country", ""))
    return _detected(desk.config.data, own_addresses(), _age(desk.config.data))


@lru_cache(maxsize=4)
def _detected(data: Path, own: frozenset[str], age: int) -> str:  # noqa: ARG001  new data, new answer
    """As `detect`; the databases are opened for it."""
    with closing(Sources.open(data)) as sources:
        return detect(sources, own)


def _age(data: Path) -> int:
    """Changes with the country data; 0 where there are none."""
    try:
        return database_path(data, "country").stat().st_mtime_ns
    except OSError:
        return 0
