"""Account names, normalised once: the same mailbox is the same account on every wire.

Knows nothing of which accounts exist.
"""

from __future__ import annotations

import re

LONGEST = 320
"""Longest mail address: 64 octets, ``@``, 255 octets (RFC 3696 errata 1690)."""

_DOMAIN = re.compile(r"^(?!-)[^\s@/\\]{1,253}(?<!\.)$")


def normalise(login: str, default_domain: str = "") -> str:
    """The account that a login name means.

    Lower case, surrounding blanks dropped, a trailing dot of the domain dropped, the default
    domain added where the name has none. A ``+tag`` is kept: it may be another mailbox. Control
    characters become ``?``, and what is longer than any mail address is cut, because the name ends
    up in logs and pages.

    Args:
        login: the name as the client typed it.
        default_domain: domain of names without one, "" for none.
    """
    account = login.strip().lower().rstrip(".")[:LONGEST]
    if not account.isprintable():
        account = "".join(letter if letter.isprintable() else "?" for letter in account)
    if account and default_domain and "@" not in account:
        return f"{account}@{default_domain}"
    return account


def domain_of(account: str) -> str:
    """The account's domain, "" when it has none."""
    return account.rpartition("@")[2] if "@" in account else ""


def is_account_or_domain(text: str) -> bool:
    """Whether the text could be ``user@domain``, ``domain``, or a local user as ``local:name``."""
    if text.startswith("local:"):
        return bool(text[6:]) and " " not in text
    user, at, domain = text.rpartition("@")
    return bool(_DOMAIN.match(domain)) and (not at or bool(user))
