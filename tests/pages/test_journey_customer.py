"""Customers and resellers look after what is theirs, within what the server permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.core.web.pages.explained import furnish, only_austria
from tests.pages.journey import IN_THREE_WAYS, LOGGED_IN, follow, happened, open_menu, told

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

ALPHA = ("domain", "alpha.example")


@IN_THREE_WAYS
def test_customer_has_own_countries_and_reads_what_the_server_overrides(shown: Shown) -> None:
    """E6: of two own countries, one does not help, and the page says why."""
    furnish(shown.pages)
    only_austria(shown.pages)
    happened(shown.pages, LOGGED_IN, 3)
    frame = shown.visit("/overview", who="anna")
    open_menu(frame, "Domains")
    follow(frame, frame.get_by_role("link", name="alpha.example").first)
    listed = frame.locator("#country-list")
    inherit = frame.locator("#country-list-inherit")
    expect(inherit).to_be_checked()
    inherit.uncheck()
    listed.locator(".sf-countries > summary").click()
    expect(listed.locator("#country-list-AT")).to_be_checked()
    listed.locator("#country-list-TH").check()
    follow(frame, frame.get_by_role("button", name="Save", exact=True).last)
    expect(told(frame)).to_contain_text("Countries listed")
    assert shown.route(frame) == "/domains/alpha.example"
    expect(listed).to_contain_text("Overridden by the server's policy.")
    expect(listed).to_contain_text("Countries concerned: Thailand")
    stored = shown.pages.parts.store.settings.all()[ALPHA]["country.list"]
    assert stored == ["AT", "TH"]
    inherit.check()
    follow(frame, frame.get_by_role("button", name="Save", exact=True).last)
    expect(listed.get_by_text("Overridden by")).to_have_count(0)
    assert ALPHA not in shown.pages.parts.store.settings.all()


@IN_THREE_WAYS
def test_a_pass_that_does_not_help_is_opened_by_the_administrator(shown: Shown) -> None:
    """A17: the server refuses before the password; only its administrator can open the country."""
    furnish(shown.pages)
    only_austria(shown.pages)
    happened(shown.pages, LOGGED_IN)
    anna = shown.visit("/travellers", who="anna")
    anna.get_by_label("Who travels").fill("bob@alpha.example")
    anna.get_by_label("Country", exact=True).select_option("TH")
    anna.get_by_label("Why").fill("holiday")
    follow(anna, anna.get_by_role("button", name="Give the pass"))
    given = anna.get_by_role("listitem").filter(has_text="bob@alpha.example: Thailand")
    expect(given.get_by_text("overridden", exact=True)).to_be_visible()
    expect(given).to_contain_text("Only the administrator can change that")

    root = shown.visit("/dashboard")
    decision = root.get_by_role("listitem").filter(has_text="A traveller pass for Thailand")
    expect(decision).to_contain_text("bob@alpha.example")
    follow(root, decision.get_by_role("button", name="Open Thailand until"))
    expect(root.get_by_text("A traveller pass for Thailand")).to_have_count(0)
    (opened,) = shown.pages.parts.store.settings.all()["server", ""]["country.passes"]
    assert opened["country"] == "TH"

    open_menu(anna, "Traveller passes")
    expect(given.get_by_text("open", exact=True)).to_be_visible()
    expect(given.get_by_text("overridden")).to_have_count(0)


@IN_THREE_WAYS
def test_reseller_switches_a_customers_domain_off_and_on(shown: Shown) -> None:
    """E5, E10: the customer reads at once that the own rules do not count."""
    shown.pages.parts.store.settings.change(ALPHA, {"country.mode": "allow"}, "anna", 1.0)
    rita = shown.visit("/overview", who="rita")
    open_menu(rita, "Customers")
    switch = rita.get_by_role("switch", name="Own rules of alpha.example count")
    follow(rita, switch)
    expect(switch).not_to_be_checked()
    anna = shown.visit("/domains/alpha.example", who="anna")
    expect(anna.get_by_text("They are off:")).to_be_visible()
    follow(rita, switch)
    expect(switch).to_be_checked()
    assert shown.route(rita) == "/customers"
    assert shown.pages.parts.store.settings.all() == {ALPHA: {"country.mode": "allow"}}
