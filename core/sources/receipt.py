"""From where a database came, and when: the small file beside it.

The database works without it. It tells the status command what is installed, and the next update
what need not be fetched again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from core.sources import directory as places


class Receipt(Struct, frozen=True, omit_defaults=True):
    """What is known about an installed database.

    Attributes:
        provider: ``seed``, or one of the providers that can be set.
        vintage: day on which its maker built it, ``2026-06-01``.
        fetched: when it was installed, in seconds since 1970.
        checked: when the provider last confirmed that there is nothing newer.
        entries: number of networks in it.
        sha256: of the whole file.
        url: from where it was fetched, without anything secret.
        tag: ETag of the download, or the provider's own checksum.
        modified: Last-Modified of the download.
        refused: sha256 of a file that an administrator rolled back: not to be installed again.
    """

    provider: str
    vintage: str = ""
    fetched: float = 0
    checked: float = 0
    entries: int = 0
    sha256: str = ""
    url: str = ""
    tag: str = ""
    modified: str = ""
    refused: str = ""


def load(directory: Path, name: str) -> Receipt | None:
    """Read the receipt of a database; None when there is none that can be read."""
    try:
        payload = places.receipt_path(directory, name).read_bytes()
        return msgspec.json.decode(payload, type=Receipt)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def save(directory: Path, name: str, receipt: Receipt, *, keep: bool = True) -> None:
    """Write the receipt of a database.

    Args:
        directory: the data directory.
        name: ``country`` or ``asn``.
        receipt: what shall be in it.
        keep: let the one that is there become the one before, with the database that it describes.

    Raises:
        OSError: it could not be written.
    """
    encoded = msgspec.json.format(msgspec.json.encode(receipt), indent=1)
    places.write(places.receipt_path(directory, name), encoded + b"\n", keep=keep)
