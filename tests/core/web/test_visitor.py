"""How a visitor likes to read is found out from what they chose, the panel, the browser."""

from __future__ import annotations

import pytest

from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("chosen", "panel", "browser", "expected"),
    [
        ("de", "en", "en", "de"),
        ("", "de-CH", "en", "de"),
        ("", "de_DE", "en", "de"),
        ("", "fr", "de", "de"),
        ("", "", "fr, de;q=0.5", "de"),
        ("", "", "fr", "en"),
        ("", "", "", "en"),
    ],
)
def test_language(pages: Pages, chosen: str, panel: str, browser: str, expected: str) -> None:
    """E20"""
    admin = pages.visitor("admin", "root", language=panel)
    if chosen:
        admin.post("/preferences", language=chosen, zone="", theme="")
    text = admin.send("GET", "/preferences", headers={"Accept-Language": browser}).text
    assert f'<html lang="{expected}"' in text


def test_same_login_in_two_roles_is_two_people(pages: Pages) -> None:
    pages.visitor("reseller", "rita").post("/preferences", language="", zone="", theme="dark")
    assert 'data-theme="auto"' in pages.visitor("customer", "rita").get("/preferences").text


def test_zone_that_the_panel_made_up_is_not_used(pages: Pages) -> None:
    answer = pages.visitor("admin", "root", zone="../../etc/passwd").get("/preferences")
    assert answer.status_code == 200
    assert "<option selected" not in answer.text
