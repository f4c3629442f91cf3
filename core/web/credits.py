"""Whom to thank for what is known of addresses: some licences ask pages that show it to say so.

Remembered for a while: it changes when the data come from somebody else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from flask import current_app

from core.desk.update import state
from core.errors import ControlError
from core.sources.status import SourceStatus
from core.web.parts import Parts, parts

SECONDS: Final = 300.0
"""How long an answer counts."""

_KEY: Final = "mailward credits"


def data_sources() -> dict[str, SourceStatus]:
    """Every source of data by its name; some minutes old."""
    known, here = current_app.extensions.get(_KEY), parts()
    now = here.clock()
    if known is None or not 0 <= now - known[1] < SECONDS:
        known = ({source.name: source for source in sources_now(here)}, now)
        current_app.extensions[_KEY] = known
    found: dict[str, SourceStatus] = known[0]
    return found


def forgetter() -> Callable[[], None]:
    """Makes the next one ask again, because there are new data; works outside a request, too."""
    extensions = current_app.extensions

    def forget() -> None:
        extensions.pop(_KEY, None)

    return forget


def sources_now(here: Parts) -> list[SourceStatus]:
    """Every source as the daemon uses it; as it lies on the disk where there is no daemon.

    Args:
        here: the parts of the application.
    """
    try:
        said = here.control.call("status")["sources"]
        return msgspec.convert(said, list[SourceStatus])
    except (ControlError, KeyError, msgspec.ValidationError):
        return state(here.config)
