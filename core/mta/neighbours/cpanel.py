"""cPanel's own: cPHulk, and the limit of mails by hour and domain (facts/features.md 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight, number
from core.words import N_

ENABLED: Final = "/var/cpanel/hulkd/enabled"
"""There while cPHulk is switched on."""

HOURLY: Final = "/var/cpanel/maxemailsperhour"


def look(site: Site) -> Iterator[Finding]:
    """Whether cPHulk guards logins here, and how many mails a domain may send."""
    if site.has(ENABLED):
        yield Finding(
            "cPHulk",
            "enabled",
            ENABLED,
            Weight.OVERLAPS,
            N_(
                "It counts failed logins of addresses and of accounts, and has a country list of "
                "its own: an account that is attacked locks its owner out, and an exemption of "
                "Mailward's does not count there."
            ),
            N_(
                "Leave it on for WHM, cPanel and SSH. Raise its limits for accounts, keep its "
                "country list empty, and put exempt addresses on its white list, too: "
                "`whmapi1 create_cphulk_record list_name=white ip=...`."
            ),
        )
    limit = number(site.text(HOURLY))
    if limit:
        yield Finding(
            "cPanel",
            f"{limit} mails an hour for each domain",
            HOURLY,
            Weight.OVERLAPS,
            N_("A domain that sends more has its mails put off; Mailward limits each account."),
            N_("Both may stay: the domain's limit must be well above send.limit."),
        )
