"""The administrator closes countries: first looks whom that would have refused, then decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.core.web.pages.explained import furnish
from tests.pages.journey import (
    IN_THREE_WAYS,
    LOGGED_IN,
    REFUSED,
    follow,
    happened,
    open_menu,
    told,
    undo,
)

if TYPE_CHECKING:
    from playwright.sync_api import Frame

    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

SERVER = ("server", "")


def preview_of_austria(shown: Shown) -> Frame:
    """The administrator has ticked Austria as the only country, and looks at what it would mean."""
    furnish(shown.pages)
    happened(shown.pages, LOGGED_IN, 30)
    happened(shown.pages, LOGGED_IN, 4, account="eve@alpha.example", country="TH")
    happened(shown.pages, REFUSED, 5, account="info@beta.example", domain="beta.example")
    frame = shown.visit("/countries")
    follow(frame, frame.get_by_role("link", name="Choose countries"))
    frame.get_by_label("Allow only these").check()
    frame.locator("#c-AT").check()
    follow(frame, frame.get_by_role("button", name="Preview").first)
    expect(frame.get_by_role("heading", level=1)).to_have_text("What it would have meant")
    expect(frame.locator("#content")).to_contain_text(
        "1 account that comes in now would have been refused, 4 times."
    )
    expect(frame.get_by_role("row", name="eve@alpha.example")).to_contain_text("newly refused")
    assert shown.pages.parts.store.settings.all() == {}
    return frame


@IN_THREE_WAYS
def test_countries_are_chosen_after_looking_and_opened_again(shown: Shown) -> None:
    """A20, E24."""
    frame = preview_of_austria(shown)
    follow(frame, frame.get_by_role("button", name="Save, and refuse from now on").first)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Countries")
    assert shown.pages.parts.store.settings.all()[SERVER] == {
        "country.mode": "allow",
        "country.list": ["AT"],
    }
    undo(frame)
    assert shown.route(frame) == "/countries"
    assert shown.pages.parts.store.settings.all() == {}


@IN_THREE_WAYS
def test_a_rule_only_watches_at_first(shown: Shown) -> None:
    """A12: nobody is refused, and Security says that it watches."""
    frame = preview_of_austria(shown)
    follow(frame, frame.get_by_role("button", name="Save, watch only at first").first)
    expect(told(frame)).to_contain_text("watch only: nobody is refused")
    assert shown.pages.parts.store.settings.all()[SERVER] == {
        "country.mode": "allow",
        "country.list": ["AT"],
        "country.watch": True,
    }
    open_menu(frame, "Security")
    expect(frame.locator("#country-watch").get_by_role("switch")).to_be_checked()
