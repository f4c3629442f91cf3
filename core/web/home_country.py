"""The country that this server is in, as it was detected; a setting may say otherwise.

The daemon knows; without it, the data on the disk are asked. Remembered for a while, because it
changes when a server moves.
"""

from __future__ import annotations

from typing import Final

from flask import current_app

from core.errors import ControlError
from core.net.addresses import own_addresses
from core.sources.server_country import detect
from core.web.parts import Parts, parts

SECONDS: Final = 300.0
"""How long an answer counts."""

_KEY: Final = "mailward home country"


def home_country() -> str:
    """ISO 3166-1 alpha-2 code, "" where it could not be detected."""
    known, here = current_app.extensions.get(_KEY), parts()
    now = here.clock()
    if known is None or not 0 <= now - known[1] < SECONDS:
        known = (_found(here), now)
        current_app.extensions[_KEY] = known
    return str(known[0])


def _found(here: Parts) -> str:
    try:
        said = here.control.call("status").get("server_country", "")
    except ControlError:
        said = ""
    if said or not here.config.data.is_dir():
        return str(said)
    return detect(here.config.data, own_addresses())
