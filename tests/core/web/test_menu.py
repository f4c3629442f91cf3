"""The menu shows each role its own pages, and where it is."""

from __future__ import annotations

import re

import pytest

from core.panel import Role
from core.web.access import access_of
from core.web.menu import MENU, page_of
from tests.core.web.rig import Pages


def test_menu_offers_only_what_may_be_entered(pages: Pages) -> None:
    for entry in MENU:
        assert entry.roles <= access_of(pages.app, entry.endpoint).roles, entry.endpoint


@pytest.mark.parametrize(
    ("role", "there", "absent"),
    [
        (Role.ADMIN, "/security", "/overview"),
        (Role.RESELLER, "/customers", "/security"),
        (Role.CUSTOMER, "/domains", "/customers"),
    ],
)
def test_each_role_has_its_own(pages: Pages, role: Role, there: str, absent: str) -> None:
    """E4"""
    text = pages.visitor(role, "somebody").get("/preferences").text
    assert f'href="{there}"' in text
    assert f'href="{absent}"' not in text


def test_present_page_is_marked(pages: Pages) -> None:
    text = pages.admin.get("/explain").text
    assert re.findall(r'href="([^"]+)" aria-current="page"', text)[0] == "/explain"


@pytest.mark.parametrize(
    ("blueprint", "role", "endpoint"),
    [
        ("countries", Role.ADMIN, "countries.show"),
        ("countries", Role.CUSTOMER, "overview.show"),
        ("", Role.ADMIN, "dashboard.show"),
        ("undo", Role.RESELLER, "overview.show"),
    ],
)
def test_a_route_belongs_to_a_page_of_the_visitors_menu(
    blueprint: str, role: Role, endpoint: str
) -> None:
    """What is not theirs leads to their first page."""
    assert page_of(blueprint, role) == endpoint
