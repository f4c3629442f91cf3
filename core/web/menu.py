"""The pages in the order in which the menu shows them, for each role."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext
from msgspec import Struct

from core.panel import Role
from core.web.access import ADMIN, CUSTOMERS, EVERYBODY, RESELLERS


class Entry(Struct, frozen=True):
    """One entry.

    Attributes:
        endpoint: the page's route; entries of one blueprint are one entry with tabs.
        title: translated when it is shown.
        icon: its name in the icon set.
        roles: who sees it.
    """

    endpoint: str
    title: LazyString
    icon: str
    roles: frozenset[Role]


MENU = (
    Entry("dashboard.show", lazy_gettext("Dashboard"), "speedometer2", ADMIN),
    Entry("overview.show", lazy_gettext("Overview"), "speedometer2", CUSTOMERS),
    Entry("countries.show", lazy_gettext("Countries"), "globe2", ADMIN),
    Entry("security.show", lazy_gettext("Security"), "shield-lock", ADMIN),
    Entry("attackers.show", lazy_gettext("Attackers"), "crosshair", ADMIN),
    Entry("limits.show", lazy_gettext("Send limits"), "send-check", ADMIN),
    Entry("customers.show", lazy_gettext("Customers"), "people", ADMIN | RESELLERS),
    Entry("domains.show", lazy_gettext("Domains"), "at", CUSTOMERS),
    Entry("travellers.show", lazy_gettext("Traveller passes"), "airplane", EVERYBODY),
    Entry("exemptions.show", lazy_gettext("Exemptions"), "person-check", EVERYBODY),
    Entry("blocked.show", lazy_gettext("Blocked mailboxes"), "slash-circle", CUSTOMERS),
    Entry("stolen.show", lazy_gettext("Stolen mailboxes"), "person-exclamation", EVERYBODY),
    Entry("log.show", lazy_gettext("Log"), "journal-text", EVERYBODY),
    Entry("explain.show", lazy_gettext("Explain"), "signpost-split", ADMIN),
    Entry("system.show", lazy_gettext("System"), "gear", ADMIN),
)


class Link(Struct, frozen=True):
    """An entry as the present page shows it."""

    address: str
    title: str
    icon: str
    is_here: bool


def links(role: Role) -> Iterator[Link]:
    """The visitor's menu."""
    here = (request.endpoint or "").partition(".")[0]
    for entry in MENU:
        if role in entry.roles:
            yield Link(
                address=url_for(entry.endpoint),
                title=str(entry.title),
                icon=entry.icon,
                is_here=entry.endpoint.partition(".")[0] == here,
            )


def home(role: Role) -> str:
    """The endpoint of the first page."""
    return next(entry.endpoint for entry in MENU if role in entry.roles)


def page_of(blueprint: str, role: Role) -> str:
    """The endpoint of the page that a route of this blueprint belongs to.

    Args:
        blueprint: its name, as a form says; anything.
        role: whose menu; the first page stands in for what is not in it.
    """
    wanted = f"{blueprint}.show"
    found = (entry.endpoint for entry in MENU if role in entry.roles)
    return wanted if wanted in found else home(role)
