"""The server's own country, which no country rule ever refuses: set, or found out by the daemon.

Without the daemon it is found out here, from the data on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ControlError
from core.net.addresses import own_addresses
from core.sources.server_country import detect

if TYPE_CHECKING:
    from core.desk.desk import Desk
    from core.settings.model import Settings


def own_country(desk: Desk, server: Settings) -> str:
    """The country of the server, ISO 3166 alpha-2, "" when it is not known. Never raises.

    Args:
        desk: whose.
        server: the server's own settings.
    """
    if server.country.server != "auto":
        return server.country.server
    try:
        return str(desk.control.call("status")["server_country"])
    except ControlError:
        return detect(desk.config.data, own_addresses())
