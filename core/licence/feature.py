"""What is sold by tier: every feature that a licence or a server's age can switch off.

The table is read by the daemon, the pages, the command line and the installer through
`core.licence.gate`. Why a feature stands where it does is said beside it. Three rules are above the
table. Nothing in it ever stops mail: a feature that is off refuses nobody any more, but what it
lets in stays let in (a domain's wider countries, a pass until its end), or a licence that ends
would lock people out. The country and network data, their updates and the blocks that stand depend
on no licence (features.md E17). And what was set is kept, shown and may be taken back; only setting
more of it waits for a licence (features.md K10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.licence.tier import Tier
from core.words import N_, Word


class Feature(Word):
    """A feature by its stable name, as in JSON and in `core.panel.Requirement`."""

    CONNECT = "connect"
    LOGIN = "login"
    SEND_WINDOW = "send_window"
    EXEMPTIONS = "exemptions"
    STATISTICS = "statistics"
    LISTS = "lists"
    ATTACKERS = "attackers"
    STOLEN = "stolen"
    NOTICES = "notices"
    DOMAIN_RULES = "domain_rules"
    TRAVELLER_PASS = "traveller_pass"  # noqa: S105  no password
    REPORTS = "reports"
    API = "api"
    CUSTOMER_PAGES = "customer_pages"
    PLANS = "plans"


class Offer(Struct, frozen=True):
    """How a feature is sold.

    Attributes:
        title: its name in a sentence, in the plural: "{title} need a PRO licence."
        tier: the least tier that has it.
        why: why that tier.
        panels: where it exists at all; empty for everywhere. "standalone" is no panel.
    """

    title: str
    tier: Tier
    why: str
    panels: tuple[str, ...] = ()


HOSTING_PANELS: Final = ("plesk", "cpanel", "directadmin", "interworx")
"""Panels with hosting customers who have pages of their own (features.md 1, 3)."""

OFFERS: Final[Mapping[Feature, Offer]] = {
    Feature.CONNECT: Offer(
        N_("Checks before the password"),
        Tier.PLUS,
        N_("What the paid tiers are bought for: attackers are gone before they can guess."),
    ),
    Feature.LOGIN: Offer(
        N_("Country and network checks of logins"),
        Tier.BASIC,
        N_("The protection itself: a server is never left without it."),
    ),
    Feature.SEND_WINDOW: Offer(
        N_("Send limits"),
        Tier.BASIC,
        N_("A stolen account harms everybody who gets its mail."),
    ),
    Feature.EXEMPTIONS: Offer(
        N_("Exemptions"),
        Tier.BASIC,
        N_("Whoever may refuse people must always be able to let one in."),
    ),
    Feature.STATISTICS: Offer(
        N_("Events and statistics"),
        Tier.BASIC,
        N_("Nobody can choose countries without seeing where people log in from."),
    ),
    Feature.LISTS: Offer(
        N_("Lists of attackers and networks"),
        Tier.BASIC,
        N_("A list that is no longer brought up to date refuses the wrong people."),
    ),
    Feature.ATTACKERS: Offer(
        N_("Refusals of attackers seen here"),
        Tier.BASIC,
        N_("Guesses are refused in every tier; before the password, where that check is on."),
    ),
    Feature.STOLEN: Offer(
        N_("Signs of stolen accounts"),
        Tier.BASIC,
        N_("Who finds out on the day itself has not yet lost the server's good name."),
    ),
    Feature.NOTICES: Offer(
        N_("Notices of blocked accounts"),
        Tier.BASIC,
        N_("A block that nobody hears of is a fault of the mail server to whoever meets it."),
    ),
    Feature.DOMAIN_RULES: Offer(
        N_("Rules for domains and mailboxes"),
        Tier.PLUS,
        N_("The second check with the account's own settings belongs to the first."),
    ),
    Feature.TRAVELLER_PASS: Offer(
        N_("Traveller passes"),
        Tier.PLUS,
        N_("A pass is a rule for one mailbox; Basic has exemptions with an end."),
    ),
    Feature.REPORTS: Offer(
        N_("Reports by mail"),
        Tier.PLUS,
        N_("A comfort: the same numbers stand in the statistics."),
    ),
    Feature.API: Offer(
        N_("Calls of the web API"),
        Tier.PLUS,
        N_("For those who run many servers; the command line prints the same JSON in every tier."),
    ),
    Feature.CUSTOMER_PAGES: Offer(
        N_("Pages for customers and resellers"),
        Tier.PRO,
        N_("What a hoster can sell on."),
        (*HOSTING_PANELS, "standalone"),
    ),
    Feature.PLANS: Offer(
        N_("Switches in hosting plans"),
        Tier.PRO,
        N_("Decides which customers have the pages."),
        HOSTING_PANELS,
    ),
}
"""Every feature, in the order in which it is shown."""
