"""The system page: every part for the administrator, none for anybody else."""

from __future__ import annotations

import pytest

from core.web.pages.system_tabs import TABS
from tests.core.web.rig import Pages

PARTS = [tab.endpoint for tab in TABS]


@pytest.mark.parametrize("endpoint", PARTS)
def test_every_part_shows_without_daemon_and_data(pages: Pages, endpoint: str) -> None:
    pages.config.data.mkdir()
    with pages.app.test_request_context():
        address = pages.app.url_for(endpoint)
    answer = pages.admin.get(address)
    assert answer.status_code == 200
    assert answer.text.count("mwsy-tabs") == 1
    for visitor in (pages.reseller, pages.customer):
        assert visitor.get(address).status_code == 403


@pytest.mark.parametrize(
    "route",
    [
        "test",
        "data/update",
        "data/rollback",
        "data/settings",
        "settings",
        "audit/undo",
        "licence",
        "licence/remove",
        "exchange",
        "exchange/import",
        "tokens",
        "tokens/revoke",
    ],
)
def test_nobody_else_changes_anything(pages: Pages, route: str) -> None:
    """E22"""
    for visitor in (pages.reseller, pages.customer):
        assert visitor.post(f"/system/{route}").status_code == 403
    assert pages.admin.send("POST", f"/system/{route}").status_code == 400  # without a token


@pytest.mark.parametrize("claim", [{"layout": "body"}, {"prefix": "/p", "parameter": "r"}])
def test_parts_find_each_other_however_the_panel_shows_them(
    pages: Pages, claim: dict[str, str]
) -> None:
    visitor = pages.visitor("admin", "root", **claim)
    address = "/p?r=/system/about" if "prefix" in claim else "/system/about"
    text = visitor.get(address).text
    expected = "/p?r=%2Fsystem%2Faudit" if "prefix" in claim else "/system/audit"
    assert f'href="{expected}"' in text
