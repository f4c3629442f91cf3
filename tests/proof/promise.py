"""What is promised for every panel, in the order in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.licence.feature import OFFERS, Feature
from core.licence.requirements import PUBLISHED
from core.licence.tier import PANEL_TITLES
from core.panel import Requirement

PANELS: Final = tuple(PANEL_TITLES)
"""Their names, in the order in which they are shown."""

MAIL_SERVERS: Final = {"postfix": "Postfix", "exim": "Exim", "dovecot": "Dovecot"}
"""What is proved of a mail server counts for every panel that has it."""

STANDALONE: Final = "standalone"
"""A server without a panel keeps the panels' contract, too, and has no column."""

DOUBLES: Final = {
    "plesk": "a double of Plesk with real Postfix, Dovecot and PHP",
    "cpanel": "a double of cPanel & WHM with real Exim and Perl",
    "directadmin": "a double of DirectAdmin with real Exim",
}
"""On what the tests of a panel run; a real one cannot be had in a test (docs/unproven.md)."""


@dataclass(frozen=True)
class Promise:
    """One thing that people may rely on.

    Attributes:
        name: stable; what ``pytest.mark.proves`` is told.
        title: for people, as a row of the table.
        feature: whose published minimum counts, and on which panels it exists; None for all.
    """

    name: str
    title: str
    feature: Feature | None = None

    def offered(self, panel: str) -> bool:
        """Whether the panel is to have it at all."""
        if self.feature is None:
            return self.name != SCRIPTS or panel in WITH_SCRIPTS
        panels = OFFERS[self.feature].panels
        return not panels or panel in panels

    def needs(self, panel: str) -> Requirement | None:
        """The published minimum, None where there is none."""
        return next((each for each in PUBLISHED[panel] if each.feature == self.feature), None)


SCRIPTS: Final = "scripts"

WITH_SCRIPTS: Final = ("cpanel", "directadmin")
"""Panels whose Exim tells which system user's script sends, and from where (mta_hooks.md 4.2)."""

PROMISES: Final = (
    Promise("install", "Installs from its package; taken off, every byte is as before"),
    Promise("survives", "Goes on after the panel has rewritten or updated its mail server"),
    Promise("connect", "Refuses addresses before the password at 465 and 587", Feature.CONNECT),
    Promise("login", "Checks each login with the settings of domain and mailbox", Feature.LOGIN),
    Promise("mailboxes", "Checks logins at IMAP and POP3", Feature.LOGIN),
    Promise("send", "Blocks the account that sends too much", Feature.SEND_WINDOW),
    Promise(SCRIPTS, "Counts and stops what scripts of customers send"),
    Promise("open", "Lets mail flow when Mailward is broken or away"),
    Promise("admin", "Pages for the administrator, inside the panel"),
    Promise("customers", "Pages for resellers and customers", Feature.CUSTOMER_PAGES),
    Promise("plans", "Hosting plans switch it for their customers", Feature.PLANS),
    Promise("hostile", "Believes no forged request, also of a local user"),
    Promise("neighbours", "Tells what else on the server gets in its way"),
)

NAMES: Final = frozenset(promise.name for promise in PROMISES)
