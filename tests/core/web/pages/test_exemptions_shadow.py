"""Entries that cannot help before the password (A11)."""

from __future__ import annotations

from typing import Any

import pytest

from core.desk.entry import Entry, Place
from core.licence.tier import Tier
from core.panel import Role
from core.settings.fields import check
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web.pages.exemptions_list import Row
from core.web.pages.exemptions_shadow import shadowed
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages

DOMAIN = Scope("domain", "alpha.example")
STRICT: dict[str, Any] = {"country.mode": "refuse", "country.list": ("CN",)}


def _rows(*entries: str, scope: Scope = DOMAIN) -> list[Row]:
    return [Row(Place("exempt.addresses", scope), Entry(e), False, False) for e in entries]


def _entries(*entries: str) -> Any:
    return check("exempt.addresses", [{"entry": entry} for entry in entries])


def _shadowed(pages: Pages, rules: Resolved, rows: list[Row]) -> list[str]:
    with at_desk(pages, Role.CUSTOMER, "anna"):
        found = shadowed(rows, rules)
        return [row.entry.entry for row in rows if row.key in found]


def test_what_the_server_exempts_too_is_not_overridden(pages: Pages) -> None:
    server = {**STRICT, "exempt.addresses": _entries("10.0.0.0/8", "AS64500")}
    rules = Resolved({SERVER_SCOPE: server})
    rows = _rows("10.1.0.0/16", "192.0.2.0/24", "AS64500", "AS64501")
    assert _shadowed(pages, rules, rows) == ["192.0.2.0/24", "AS64501"]


@pytest.mark.parametrize(
    ("server", "own", "scope"),
    [
        ({"network.attacker": "off"}, {}, DOMAIN),
        ({**STRICT, "connect.enabled": False}, {}, DOMAIN),
        (STRICT, {"domain.enabled": False}, DOMAIN),
        (STRICT, {}, SERVER_SCOPE),
    ],
)
def test_nothing_stands_against_it(
    pages: Pages, server: dict[str, Any], own: dict[str, Any], scope: Scope
) -> None:
    rules = Resolved({SERVER_SCOPE: server, DOMAIN: own})
    assert _shadowed(pages, rules, _rows("192.0.2.0/24", scope=scope)) == []


def test_without_the_licence_nobody_asks_before_the_password(pages: Pages) -> None:
    pages.sell(Tier.BASIC)
    assert _shadowed(pages, Resolved({SERVER_SCOPE: STRICT}), _rows("192.0.2.0/24")) == []
