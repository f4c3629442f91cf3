"""Google's mail servers: the addresses in the SPF record of ``_spf.google.com`` (RFC 7208).

Gmail's "Send mail as" logs in from them to the mail server that a user names. What is parsed here
are the records themselves, one per line, as `core.sources.spf` collects them from the DNS.
"""

from __future__ import annotations

import re
from typing import Final

from core.errors import DataError
from core.sources.feeds.feed import Feed, read_prefixes, read_text

_VERSION: Final = "v=spf1"


_REFERENCE: Final = re.compile(r"(?:^|\s)\+?(?:include:|redirect=)(\S+)", re.IGNORECASE)


def included(record: str) -> list[str]:
    """Return the domains whose records a record refers to."""
    return _REFERENCE.findall(record)


def parse(payload: bytes) -> Feed:
    """Read SPF records, one per line.

    Raises:
        DataError: a line is no SPF record, or names an address that is none.
    """
    texts: list[str] = []
    for record in filter(None, read_text(payload).splitlines()):
        version, *terms = record.split() or [""]
        if version.lower() != _VERSION:
            raise DataError(f"{record[:60]!r} is no SPF record")
        for term in terms:
            mechanism, _, value = term.partition(":")
            if mechanism.lower().removeprefix("+") in ("ip4", "ip6"):
                texts.append(value)
    return Feed(read_prefixes(texts))
