"""The parts of the system page, each with an address of its own."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, url_for
from flask_babel import LazyString, lazy_gettext
from msgspec import Struct


class Tab(Struct, frozen=True):
    """One part.

    Attributes:
        endpoint: its route.
        title: translated when it is shown.
        icon: its name in the icon set.
    """

    endpoint: str
    title: LazyString
    icon: str


TABS: Final = (
    Tab("system.show", lazy_gettext("Mail servers"), "plug"),
    Tab("system.data", lazy_gettext("Data"), "database"),
    Tab("system.settings", lazy_gettext("Settings"), "sliders"),
    Tab("system.licence", lazy_gettext("Licence"), "key"),
    Tab("system.audit", lazy_gettext("Audit trail"), "clock-history"),
    Tab("system.exchange", lazy_gettext("Import and export"), "arrow-left-right"),
    Tab("system.tokens", lazy_gettext("API tokens"), "braces"),
    Tab("system.diagnostics", lazy_gettext("Diagnostics"), "box-seam"),
    Tab("system.about", lazy_gettext("About"), "info-circle"),
)
"""In the order in which they are shown."""


class TabLink(Struct, frozen=True):
    """A tab as the present page shows it."""

    address: str
    title: str
    icon: str
    is_here: bool


def tab_page(template: str, here: str, **values: Any) -> str:
    """One part of the system page.

    Args:
        template: its file below pages/.
        here: endpoint of the part.
        values: for the template.
    """
    tabs = [
        TabLink(url_for(tab.endpoint), str(tab.title), tab.icon, tab.endpoint == here)
        for tab in TABS
    ]
    title = next(tab.title for tab in tabs if tab.is_here)
    return render_template(f"pages/{template}", tabs=tabs, tab_title=title, **values)
