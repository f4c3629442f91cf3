"""The country of this server, from its own public addresses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.net.addresses import is_local, parse
from core.sources.sources import Sources


def detect(directory: Path, own: Iterable[str]) -> str:
    """Return the country code of the first own address that has one, "" when none has.

    Args:
        directory: the data directory.
        own: addresses of this server. They are local to the sources that answer questions, so
            they are looked up by others.
    """
    sources = Sources.open(directory)
    try:
        for text in sorted(own):
            address = parse(text)
            if address is not None and not is_local(address):
                facts = sources.look(text)
                if facts.country or facts.second:
                    return facts.country or facts.second
    finally:
        sources.close()
    return ""
