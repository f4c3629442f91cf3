"""What is asked of the pages when they are measured: every page, and the usual searches.

Words in braces are filled in: ``number`` of an event that the visitor sees, ``now`` and, a month
before, ``since``.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.net.countries import CODES
from core.panel import Role

ALL: Final = frozenset(Role)
ADMIN: Final = frozenset({Role.ADMIN})
OTHERS: Final = ALL - ADMIN
RESOLD: Final = frozenset({Role.RESELLER})

DOMAIN: Final = "customer000.example"
"""The domain with most mailboxes."""

BOX: Final = f"user0003@{DOMAIN}"
Form = tuple[tuple[str, str], ...]


class Asked(Struct, frozen=True):
    """One address.

    Attributes:
        title: for the table.
        target: path and query.
        roles: who asks.
        form: what is sent, for a preview; empty to look at a page.
        form_on: the page that the form stands on.
        through_gunicorn: whether it is asked through the server, too.
    """

    title: str
    target: str
    roles: frozenset[Role] = ALL
    form: Form = ()
    form_on: str = ""
    through_gunicorn: bool = False

    @property
    def is_api(self) -> bool:
        """Whether a token asks instead of a bridge."""
        return self.target.startswith("/api/")


def _search(title: str, words: str, roles: frozenset[Role] = ALL) -> Asked:
    return Asked(f"log: {title}", f"/log?{words}", roles)


PAGES: Final = (
    Asked("dashboard", "/dashboard", ADMIN, through_gunicorn=True),
    Asked("dashboard, with every control", "/dashboard?look=1", ADMIN),
    Asked("dashboard, live part", "/dashboard/live", ADMIN),
    Asked("overview", "/overview", OTHERS, through_gunicorn=True),
    Asked("overview, 30 days", "/overview?days=30", OTHERS),
    Asked("countries", "/countries", ADMIN, through_gunicorn=True),
    Asked("countries, all of 90 days", "/countries?days=90&all=1", ADMIN),
    Asked("countries, refused", "/countries?view=refused&days=7", ADMIN),
    Asked("countries, one domain", f"/countries?domain={DOMAIN}", ADMIN),
    Asked("countries, choose", "/countries/choose", ADMIN),
    Asked(
        "countries, preview of three allowed",
        "/countries/preview",
        ADMIN,
        (("mode", "allow"), ("country", "DE"), ("country", "AT"), ("country", "CH")),
        "/countries/choose",
    ),
    Asked(
        "countries, preview of all refused but one",
        "/countries/preview",
        ADMIN,
        (("mode", "refuse"), *(("country", code) for code in sorted(CODES - {"DE"}))),
        "/countries/choose",
    ),
    Asked("security", "/security", ADMIN),
    Asked("send limits", "/limits", ADMIN),
    Asked("send limits, settings", "/limits/settings", ADMIN),
    Asked("send limits, exceptions", "/limits/exceptions", ADMIN),
    Asked("send limits, of a mailbox", f"/limits/of/mailbox/{BOX}", ADMIN),
    Asked("send limits, history", "/limits/history", ADMIN),
    Asked("send limits, history of user0001", "/limits/history?q=user0001", ADMIN),
    Asked("customers", "/customers", ADMIN | RESOLD, through_gunicorn=True),
    Asked("customers, by plan", "/customers?by=plan&page=3", ADMIN | RESOLD),
    Asked("customers, search", "/customers?q=user0003@customer00", ADMIN | RESOLD),
    Asked("domains", "/domains"),
    Asked("domain", f"/domains/{DOMAIN}"),
    Asked("domain, mailboxes", f"/domains/{DOMAIN}?tab=mailboxes"),
    Asked("domain, mailboxes, search", f"/domains/{DOMAIN}?tab=mailboxes&q=user00&own=1"),
    Asked("domain, statistics", f"/domains/{DOMAIN}?tab=statistics"),
    Asked(
        "domain, preview of its own countries",
        f"/domains/{DOMAIN}",
        ALL,
        (("act", "preview"), ("country-mode", "allow"), ("country-list", "DE")),
        f"/domains/{DOMAIN}",
    ),
    Asked("mailbox", f"/domains/{DOMAIN}/{BOX}"),
    Asked("traveller passes", "/travellers"),
    Asked("traveller passes, of a mailbox", f"/travellers?account={BOX}"),
    Asked("exemptions", "/exemptions"),
    Asked("exemptions, search", "/exemptions?q=office&page=2"),
    Asked("exemptions, would this be exempt?", f"/exemptions?ask=198.18.0.7&who={BOX}"),
    Asked("exemptions, export", "/exemptions/export"),
    Asked("exemptions, import", "/exemptions/import"),
    Asked("blocked mailboxes", "/blocked", OTHERS),
    Asked("explain", "/explain", ADMIN),
    Asked("explain, an address", f"/explain?address=203.0.113.7&account={BOX}&port=587", ADMIN),
    Asked("system", "/system", ADMIN),
    Asked("system, data", "/system/data", ADMIN),
    Asked("system, licence", "/system/licence", ADMIN),
    Asked("system, audit trail", "/system/audit", ADMIN),
    Asked("system, audit trail, search", "/system/audit?q=network.cloud", ADMIN),
    Asked("system, exchange", "/system/exchange", ADMIN),
    Asked("system, export of all settings", "/system/exchange/settings.json", ADMIN),
    Asked("system, settings", "/system/settings", ADMIN),
    Asked("system, tokens", "/system/tokens", ADMIN),
    Asked("system, diagnostics", "/system/diagnostics", ADMIN),
    Asked("system, about", "/system/about", ADMIN),
    Asked("preferences", "/preferences"),
)
"""Every page."""

SEARCHES: Final = (
    Asked("log", "/log", through_gunicorn=True),
    _search("everything", "period=all"),
    _search("a mailbox", f"account={BOX}&period=30d"),
    _search("a wildcard", "account=user00*&period=all"),
    _search("a word in the middle", "account=r0003&period=all"),
    _search("nobody", "account=nobodyatall&period=all"),
    _search("an address", "address=203.0.113.7&period=30d"),
    _search("a network", "address=203.0.113.0/24&period=30d"),
    _search("a wide network and a rare country", "address=84.0.0.0/8&country=KP&period=30d"),
    _search("a rare country", "country=KP&period=30d"),
    _search("refused in a country", "country=CN&result=refused&period=30d"),
    _search("an autonomous system", "network=AS64500&period=30d"),
    _search("reason and service", "reason=network_attacker&service=imaps&period=30d"),
    _search("a wildcard and a reason", "account=user00*&reason=network_attacker&period=all"),
    _search("would have been refused", "result=watched&period=all"),
    _search("a queue id that is not there", "queue=4FFFFFFFFF&period=all"),
    _search("the login stage, refused", "stage=auth&result=refused&period=7d"),
    _search("line by line", "single=1&period=7d"),
    Asked("log, an event", "/log/{number}"),
    Asked("log, an event's part", "/log/{number}?part=1"),
    Asked("log, what is new", "/log/new?after={number}"),
    Asked("log, export of an hour", "/log/export.csv?period=hour"),
)

PROGRAMS: Final = (
    Asked("JSON: events", "/api/v1/events?limit=100"),
    Asked("JSON: events of a wildcard", "/api/v1/events?limit=100&account=user00*"),
    Asked("JSON: a month's countries", "/api/v1/statistics?since={since}&until={now}&by=country"),
    Asked("JSON: domains", "/api/v1/domains"),
    Asked("JSON: settings of a domain", f"/api/v1/settings?level=domain&name={DOMAIN}"),
    Asked("JSON: exemptions", "/api/v1/exemptions"),
    Asked("JSON: blocks", "/api/v1/blocks"),
    Asked("JSON: blocked", "/api/v1/blocked"),
    Asked("JSON: status", "/api/v1/status", ADMIN),
    Asked("JSON: data", "/api/v1/data", ADMIN),
    Asked("JSON: audit trail", "/api/v1/audit", ADMIN),
    Asked("JSON: settings of the server", "/api/v1/settings?level=server", ADMIN),
    Asked("JSON: explain", "/api/v1/explain?address=203.0.113.7", ADMIN),
    Asked("JSON: the document", "/api/v1/openapi.json"),
)

ASKED: Final = (*PAGES, *SEARCHES, *PROGRAMS)
"""All that is measured."""
