"""The country of this server, from its own public addresses."""

from __future__ import annotations

from collections.abc import Iterable

from core.sources.sources import Sources


def detect(sources: Sources, own: Iterable[str]) -> str:
    """Return the country code of the first own address that has one, "" when none has.

    Args:
        sources: what is known about addresses; that its own are local to it does not matter.
        own: addresses of this server.
    """
    return next(filter(None, map(sources.country_of, sorted(own))), "")
