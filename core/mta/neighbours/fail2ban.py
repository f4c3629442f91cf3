"""fail2ban: jails that read the mail server's log (jail.conf(5))."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight
from core.words import N_

FOLDER: Final = "/etc/fail2ban"

_MAIL: Final = re.compile(
    r"postfix|dovecot|exim|courier|cyrus|sasl|sieve|vpopmail|qmail|zimbra|imap|pop3|submission"
)
_ON: Final = frozenset({"true", "yes", "on", "1"})


def look(site: Site) -> Iterator[Finding]:
    """The mail server's jails that are on."""
    jails, where = _jails(site)
    if jails:
        yield Finding(
            "fail2ban",
            f"jails {', '.join(jails)}",
            where,
            Weight.OVERLAPS,
            N_(
                "It counts failed logins of an address and bans it at all ports: one phone with an "
                "old password shuts out an office, and exemptions of Mailward's do not count there."
            ),
            N_(
                "Switch these jails off, or let maxretry be 50 or more and put exempt addresses "
                "into ignoreip. Mailward can ban by fail2ban instead (docs/bans.md)."
            ),
        )


def _jails(site: Site) -> tuple[list[str], str]:
    """The jails that are on, and the last file that says so."""
    read = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="")
    where = ""
    # In this order, of which the last counts (jail.conf(5), FILES).
    names = [
        f"{FOLDER}/jail.conf",
        *site.names(f"{FOLDER}/jail.d", ".conf"),
        f"{FOLDER}/jail.local",
        *site.names(f"{FOLDER}/jail.d", ".local"),
    ]
    enabled: dict[str, str] = {}
    for name in names:
        fresh = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="")
        try:
            text = site.text(name)
            fresh.read_string(text)
            read.read_string(text)
        except configparser.Error:
            continue
        for section in fresh.sections():
            if fresh.has_option(section, "enabled"):
                enabled[section] = name
    found = []
    for section in read.sections():
        if section in ("DEFAULT", "INCLUDES"):
            continue
        default = read.get("DEFAULT", "enabled", fallback="false")
        is_on = (read.get(section, "enabled", fallback=default) or "").strip().lower() in _ON
        watches = f"{section} {read.get(section, 'filter', fallback='') or ''}".lower()
        if is_on and _MAIL.search(watches):
            found.append(section)
            where = enabled.get(section, f"{FOLDER}/jail.local")
    return found, where
