"""Where a setting of a scope is changed: the address of the page and of the place on it."""

from __future__ import annotations

from typing import Final

from flask import url_for

from core.settings.account import domain_of
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.settings_form_control import form_name

_PAGES: Final = {
    "country": "security.show",
    "network": "security.show",
    "connect": "security.show",
    "text": "security.show",
    "domain": "security.show",
    "login": "system.settings",
    "keep": "system.settings",
    "notify": "system.settings",
    "owner": "system.settings",
    "data": "system.data",
    "stolen": "system.settings",
    "webhook": "system.settings",
    "attack": "attackers.rules",
    "ban": "attackers.rules",
    "lists": "attackers.lists",
    "share": "attackers.lists",
    "send": "limits.settings",
    "exempt": "exemptions.show",
}
"""Page of the server's settings, by the first part of a setting's name."""


def setting_link(name: str, scope: Scope = SERVER_SCOPE) -> str:
    """Where an administrator changes a setting.

    Args:
        name: public name.
        scope: where it is set.
    """
    if name == "country.passes":
        return url_for("travellers.show")
    group = name.partition(".")[0]
    if group == "exempt":
        return url_for("exemptions.show")
    if group == "send" and scope.level != "server":
        return url_for("limits.one", level=scope.level, name=scope.name)
    if scope.level == "domain":
        return url_for("domains.one", domain=scope.name, _anchor=form_name(name))
    if scope.level == "mailbox":
        domain = domain_of(scope.name)
        return url_for(
            "domains.mailbox", domain=domain, mailbox=scope.name, _anchor=form_name(name)
        )
    if name == "notify.address":
        return url_for("limits.settings", _anchor=form_name(name))
    if name == "country.list":
        return url_for("countries.choose")
    return url_for(_PAGES.get(group, "system.show"), _anchor=form_name(name))
