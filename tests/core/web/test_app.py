"""What every page shares."""

from __future__ import annotations

import re

import pytest

from core.web.headers import POLICY
from tests.core.web.rig import Pages

LAYOUTS = ("page", "frame", "body")


def test_root_leads_each_role_to_its_first_page(pages: Pages) -> None:
    assert pages.admin.get("/").headers["Location"] == "/dashboard"
    assert pages.customer.get("/").headers["Location"] == "/overview"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_have_nothing_inline_and_load_nothing_from_elsewhere(
    pages: Pages, layout: str
) -> None:
    text = pages.visitor("admin", "root", layout=layout).get("/preferences").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


def test_answers_carry_the_policy(pages: Pages) -> None:
    answer = pages.admin.get("/preferences")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_assets_may_be_kept_because_their_address_has_the_version(pages: Pages) -> None:
    text = pages.admin.get("/preferences").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert sheets
    for sheet in sheets:
        answer = pages.stranger.get(sheet.replace("&amp;", "&"))
        assert answer.status_code == 200, sheet
        assert "immutable" in answer.headers["Cache-Control"]


def test_at_a_prefix_every_address_begins_with_it(pages: Pages) -> None:
    text = pages.visitor("admin", "root", prefix="/panel/mw").get("/panel/mw/preferences").text
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', text)
    assert len(addresses) > 10
    assert [a for a in addresses if not a.startswith(("/panel/mw/", "#"))] == []


def test_route_in_a_parameter_reaches_the_page_and_every_link_goes_through_it(pages: Pages) -> None:
    browser = pages.visitor("admin", "root", prefix="/plugin/index.raw", parameter="route")
    answer = browser.get("/plugin/index.raw?route=/preferences")
    assert answer.status_code == 200
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert [a for a in addresses if not a.startswith(("/plugin/index.raw?route=%2F", "#"))] == []
    style = next(a for a in addresses if "app.css" in a).replace("&amp;", "&")
    assert "--mw-card" in browser.get(style).text


@pytest.mark.parametrize("route", ["preferences", "//evil.example/", "/preferences/../log", ""])
def test_odd_routes_in_the_parameter_lead_nowhere_else(pages: Pages, route: str) -> None:
    browser = pages.visitor("admin", "root", prefix="/p", parameter="route")
    answer = browser.get("/p", route=route)
    assert answer.status_code in (200, 302, 308, 404)
    assert "evil.example" not in answer.headers.get("Location", "")


def test_language_follows_the_browser_until_somebody_chooses(pages: Pages) -> None:
    """E20"""
    admin = pages.admin
    assert (
        '<html lang="de"'
        in admin.send("GET", "/preferences", headers={"Accept-Language": "de"}).text
    )
    assert admin.post("/preferences", language="en", zone="", theme="dark").status_code == 303
    text = admin.send("GET", "/preferences", headers={"Accept-Language": "de"}).text
    assert '<html lang="en"' in text
    assert 'data-theme="dark"' in text


def test_zone_of_the_browser_is_kept_once_and_yields_to_a_choice(pages: Pages) -> None:
    admin = pages.admin
    assert admin.post("/preferences/zone", zone="Asia/Tokyo").status_code == 204
    assert "<option selected>Asia/Tokyo</option>" in admin.get("/preferences").text
    assert admin.post("/preferences/zone", zone="Europe/Paris").status_code == 204
    assert "<option selected>Asia/Tokyo</option>" in admin.get("/preferences").text
    assert admin.post("/preferences/zone", zone="Nowhere/At all").status_code == 400


def test_a_store_that_vanished_is_told_on_every_page(pages: Pages) -> None:
    """Zeros are not to be believed then; only the administrator hears where the file lay."""
    file = pages.config.state / "store.sqlite"
    assert "of before may be missing" not in pages.admin.get("/limits").text
    file.unlink()
    for person, page in ((pages.admin, "/limits"), (pages.customer, "/overview")):
        text = person.get(page).text
        assert "Counts and events of before may be missing here." in text
        assert (str(file) in text) is (page == "/limits")
