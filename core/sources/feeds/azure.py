"""Microsoft Azure's ranges, and where the file with them is this week.

Only the service tag ``AzureCloud`` is taken: other tags of the file are Exchange Online and
Outlook, through which people's own programs log in.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from core.errors import DataError
from core.sources.feeds.feed import Feed, read_json, read_prefixes

_ADDRESS: Final = re.compile(
    rb"https://download\.microsoft\.com/download/[0-9A-Za-z/._-]{1,200}"
    rb"/ServiceTags_Public_([0-9]{8})\.json"
)


class _Properties(Struct):
    addressPrefixes: list[str]  # noqa: N815 - the feed's spelling


class _Tag(Struct):
    name: str
    properties: _Properties


class _Document(Struct):
    changeNumber: int  # noqa: N815 - the feed's spelling
    values: list[_Tag]


def find_address(page: bytes) -> str:
    """Return the newest file's address in the page from which people download it.

    The name carries the week's date, so it cannot be known beforehand.

    Raises:
        DataError: the page names no such file.
    """
    found = max(_ADDRESS.finditer(page), key=lambda match: match[1], default=None)
    if found is None:
        raise DataError("the download page names no ServiceTags_Public file")
    return found[0].decode("ascii")


def parse(payload: bytes) -> Feed:
    """Read a ServiceTags file.

    Raises:
        DataError: it is something else, or has no tag ``AzureCloud``.
    """
    document = read_json(payload, _Document)
    for tag in document.values:
        if tag.name == "AzureCloud":
            prefixes = read_prefixes(tag.properties.addressPrefixes)
            return Feed(prefixes, f"change {document.changeNumber}")
    raise DataError("there is no service tag AzureCloud")
