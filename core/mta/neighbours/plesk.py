"""Plesk's own: Outgoing Mail Control (facts/plesk.md 7.7). Its jails are fail2ban's to tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight
from core.words import N_

POLLER: Final = "/etc/cron.d/plesk-outgoing-mail-statistics-poller"
"""There while Plesk counts what goes out."""


def look(site: Site) -> Iterator[Finding]:
    """Whether Plesk limits what mailboxes send."""
    if site.has(POLLER):
        yield Finding(
            "Plesk",
            "Outgoing Mail Control",
            POLLER,
            Weight.OVERLAPS,
            N_(
                "It limits mails by hour for mailboxes, domains and subscriptions, where somebody "
                "has set that; mails over it are refused or put off, and Mailward does not know."
            ),
            N_(
                "Both may stay. A mailbox's limit by hour must be well above send.limit; see Tools "
                "& Settings, Mail Server Settings, and `plesk bin mailserver`."
            ),
        )
