"""A customer closes a country: first they see whom it would have refused, then they decide (E6)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.pages.accessibility import assert_accessible
from tests.pages.browser import NARROW, WIDE
from tests.pages.journey import follow

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

PLACES = (
    "/overview",
    "/customers",
    "/domains",
    "/domains/alpha.example",
    "/domains/alpha.example?tab=mailboxes",
    "/domains/alpha.example?tab=statistics",
    "/domains/alpha.example/bob@alpha.example",
    "/travellers",
    "/blocked",
)
"""The pages of customers and resellers."""


def _logins(shown: Shown, country: str) -> None:
    now = time.time()
    shown.pages.parts.store.write(
        [
            Event(
                at=now - n,
                last=now - n,
                stage=Stage.AUTH,
                service=Service.IMAPS,
                verdict=Verdict.ALLOW,
                reason=Reason.LOGIN_OK,
                account="bob@alpha.example",
                domain="alpha.example",
                address="203.0.113.7",
                country=country,
            )
            for n in range(3)
        ]
    )


def test_closing_a_country_shows_first_whom_it_would_have_refused(shown: Shown) -> None:
    _logins(shown, "FR")
    frame = shown.visit("/domains/alpha.example", who="anna")
    countries = frame.locator("#country-list")
    frame.locator("#country-mode-inherit").uncheck()
    frame.get_by_text("allow only the countries listed", exact=True).first.click()
    countries.locator("#country-list-inherit").uncheck()
    countries.locator("#country-list-DE").check()
    follow(frame, frame.get_by_role("button", name="Save", exact=True).last)
    preview = frame.locator("#preview")
    expect(preview).to_contain_text("1 mailbox of yours came from where it would be refused")
    expect(preview).to_contain_text("bob@alpha.example")
    assert shown.pages.parts.store.settings.all() == {}
    assert_accessible(frame, within=".mw")
    follow(frame, preview.get_by_role("button", name="Save all the same"))
    expect(frame.get_by_role("status").first).to_contain_text("Countries listed")
    assert shown.route(frame) == "/domains/alpha.example"
    stored = shown.pages.parts.store.settings.all()[("domain", "alpha.example")]
    assert stored == {"country.mode": "allow", "country.list": ["DE"]}


def test_domain_is_switched_off_and_back_by_undo(shown: Shown) -> None:
    """E5"""
    frame = shown.visit("/domains", who="anna")
    switch = frame.get_by_role("switch", name="Own rules of alpha.example count")
    expect(switch).to_be_checked()
    follow(frame, switch)
    expect(switch).not_to_be_checked()
    assert shown.route(frame) == "/domains"
    follow(frame, frame.get_by_role("button", name="Undo"))
    expect(frame.get_by_role("status").first).to_contain_text("Taken back")
    assert shown.pages.parts.store.settings.all() == {}


@pytest.mark.parametrize("shown", ["alone"], indirect=True)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("width", "dark"), [(NARROW, True), (WIDE, False)], ids=["dark", "light"])
def test_pages_shut_nobody_out_and_fit(shown: Shown, place: str, width: int, dark: bool) -> None:
    _logins(shown, "FR")
    frame = shown.visit(place, who="rita", width=width, dark=dark)
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(frame, within=".mw")
    assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
