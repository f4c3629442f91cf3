"""Imunify360: its protection of Dovecot and Exim, its blocking of SMTP (facts/features.md 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight
from core.words import N_

FOLDER: Final = "/etc/sysconfig/imunify360"

_LINE: Final = re.compile(r"^(?P<blanks> *)(?P<name>[A-Za-z_]\w*):[ \t]*(?P<value>[^#\r\n]*)")


def look(site: Site) -> Iterator[Finding]:
    """What Imunify360 does at mail ports."""
    values: dict[tuple[str, str], str] = {}
    where = ""
    # Of several the last counts; the first holds all of them, where it is written.
    for name in (
        f"{FOLDER}/imunify360-merged.config",
        f"{FOLDER}/imunify360.config",
        *site.names(f"{FOLDER}/imunify360.config.d", ".config"),
    ):
        found = _values(site.text(name))
        where = name if found else where
        values |= found
    if _is_on(values, "PAM", "exim_dovecot_protection"):
        yield Finding(
            "Imunify360",
            "PAM.exim_dovecot_protection",
            where,
            Weight.OVERLAPS,
            N_(
                "It refuses logins of addresses and accounts with many failures, and exemptions of "
                "Mailward's do not count there."
            ),
            N_(
                "One of the two is enough: `imunify360-agent config update "
                '\'{"PAM": {"exim_dovecot_protection": false}}\'`, or put exempt addresses on its '
                "white list, too."
            ),
        )
    if _is_on(values, "SMTP_BLOCKING", "enable"):
        yield Finding(
            "Imunify360",
            "SMTP_BLOCKING.enable",
            where,
            Weight.BESIDE,
            N_("It keeps scripts from sending past the mail server, which Mailward cannot."),
            N_("Leave it on."),
        )


def _is_on(values: dict[tuple[str, str], str], group: str, name: str) -> bool:
    return values.get((group, name), "").lower() in ("true", "yes", "on")


def _values(text: str) -> dict[tuple[str, str], str]:
    """The plain values of the file's two levels; it is YAML, and nothing deeper is asked for."""
    found: dict[tuple[str, str], str] = {}
    group = ""
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        if not match["blanks"]:
            group = match["name"]
        elif match["value"].strip():
            found[group, match["name"]] = match["value"].strip().strip("'\"")
    return found
