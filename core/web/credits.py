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
from core.web.kept import Kept
from core.web.parts import Parts, parts

SECONDS: Final = 300.0
"""How long an answer counts."""

_KEY: Final = "mailward credits"


def data_sources() -> dict[str, SourceStatus]:
    """Every source of data by its name; some minutes old."""
    here = parts()
    return _kept().get(here.clock(), lambda: {each.name: each for each in sources_now(here)})


def forgetter() -> Callable[[], None]:
    """Makes the next one ask again, because there are new data; works outside a request, too."""
    return _kept().forget


def _kept() -> Kept[dict[str, SourceStatus]]:
    found = current_app.extensions.setdefault(_KEY, Kept(SECONDS))
    assert isinstance(found, Kept)  # noqa: S101  the key is ours
    return found


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
