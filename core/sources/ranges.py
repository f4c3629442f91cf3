"""The accepted entries of one feed, as they lie in the data directory.

One JSON file per feed, ``ranges/<name>.json``: readable, written whole by the updater and read
whole at start. Which entries deserve to be in it is decided elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.sources import directory as places


class Ranges(Struct, frozen=True, omit_defaults=True):
    """What a feed said when it was last accepted.

    Attributes:
        name: the feed's name in the registry of feeds.
        vintage: the feed's own version or date, as text.
        fetched: when this content was fetched, in seconds since 1970.
        checked: when the provider last confirmed that there is nothing newer.
        changed: when the content, or its date, last differed from the one before.
        prefixes: accepted prefixes, canonical text.
        asns: accepted AS numbers, and who they are.
        tags: ETag and Last-Modified of each address of the feed, for the next request.
        note: what was left out and why, and terms that must stay with the data.
    """

    name: str
    vintage: str = ""
    fetched: float = 0
    checked: float = 0
    changed: float = 0
    prefixes: tuple[str, ...] = ()
    asns: dict[int, str] = {}
    tags: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self.prefixes) + len(self.asns)


_decoder = msgspec.json.Decoder(Ranges)


def load(directory: Path, name: str) -> Ranges | None:
    """Read the ranges of a feed; None when it was never fetched.

    Raises:
        DataError: the file is there, but it cannot be read.
    """
    path = places.ranges_path(directory, name)
    try:
        return _decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from error


def save(directory: Path, ranges: Ranges, *, keep: bool = True) -> None:
    """Put the ranges of a feed in place.

    Args:
        directory: the data directory.
        ranges: what shall be in use.
        keep: let the file that is there become the copy before; not if its entries are the same.

    Raises:
        OSError: they could not be written; those before are still in place.
    """
    encoded = msgspec.json.format(msgspec.json.encode(ranges), indent=1)
    places.write(places.ranges_path(directory, ranges.name), encoded + b"\n", keep=keep)
