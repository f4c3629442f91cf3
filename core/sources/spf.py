"""Collects a domain's SPF records and those that they refer to, from the DNS."""

from __future__ import annotations

from typing import Final

import dns.exception
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from core.errors import DataError
from core.sources.feeds.google_spf import included

MOST_LOOKUPS: Final = 10
"""RFC 7208 4.6.4: more than this is a mistake or a trap."""

SECONDS: Final = 10
"""How long one question may take."""


def collect(domain: str) -> bytes:
    """Return the SPF records, one per line, the domain's own first.

    Raises:
        DataError: a domain has no such record, they refer to too many others, or nobody answers.
    """
    records: list[str] = []
    waiting = [domain]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if len(seen) > MOST_LOOKUPS:
            raise DataError(f"the SPF record of {domain} refers to too many others")
        record = _spf_record(name)
        records.append(record)
        waiting += included(record)
    return "\n".join(records).encode()


def _spf_record(name: str) -> str:
    found = [text for text in txt_records(name) if text.lower().split()[:1] == ["v=spf1"]]
    if len(found) != 1:
        raise DataError(f"{name} has {len(found)} SPF records, not one")
    return found[0].replace("\n", " ")


def txt_records(name: str) -> list[str]:
    """Ask the system's resolver for the TXT records of a domain.

    Raises:
        DataError: nobody answers, or there is none.
    """
    try:
        answer = dns.resolver.resolve(name, dns.rdatatype.TXT, lifetime=SECONDS)
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise DataError(f"{name} cannot be resolved: {error}") from error
    return [
        b"".join(data.strings).decode("utf-8", "replace")
        for data in answer
        if isinstance(data, TXT)
    ]
