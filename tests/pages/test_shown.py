"""The same page works in every way that panels show it: looks, links, forms, height."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.pages.accessibility import assert_accessible
from tests.pages.browser import NARROW, WIDE
from tests.pages.journey import follow

if TYPE_CHECKING:
    from tests.pages.complaints import Complaints
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

LENGTHEN = """
letters => {
  const more = document.createElement("pre");
  more.textContent = letters;
  document.getElementById("content").append(more);
  return Math.ceil(document.body.getBoundingClientRect().height);
}
"""
"""Adds something at the end of a page; returns the height of all."""


def test_a_form_is_sent_and_its_effect_is_told(shown: Shown) -> None:
    """By a redirect, so that looking again sends nothing again."""
    frame = shown.visit("/preferences")
    frame.get_by_label("Dark").check()
    follow(frame, frame.get_by_role("button", name="Keep"))
    expect(frame.get_by_role("status")).to_contain_text("Kept")
    assert shown.route(frame) == "/preferences"
    expect(frame.get_by_label("Dark")).to_be_checked()
    expect(frame.locator("[data-bs-theme=dark]")).to_have_count(1)


def test_links_lead_on_within_the_panel(shown: Shown) -> None:
    frame = shown.visit("/preferences", who="anna")
    follow(frame, frame.get_by_role("link", name="Log", exact=True))
    expect(frame.get_by_role("heading", level=1)).to_have_text("Log")
    assert shown.route(frame) == "/log"


def test_a_role_that_may_not_enter_is_told_so(shown: Shown, complaints: Complaints) -> None:
    complaints.forgive("status of 403")
    frame = shown.visit("/security", who="anna")
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    expect(frame.get_by_role("heading", name="Security")).to_have_count(0)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_has_its_looks_and_shuts_nobody_out(shown: Shown, width: int, dark: bool) -> None:
    """Its own, also within a panel of another taste; and nothing wider than the window."""
    frame = shown.visit("/preferences", width=width, dark=dark)
    expect(frame.locator(f"[data-bs-theme={'dark' if dark else 'light'}]")).to_have_count(1)
    heading = frame.get_by_role("heading", level=1)
    assert "Georgia" not in heading.evaluate("element => getComputedStyle(element).fontFamily")
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert frame.evaluate(wider) == 0
    assert_accessible(frame, within=".mw")


@pytest.mark.parametrize("shown", ["frame"], indirect=True)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_panels_frame_grows_to_the_height_of_the_page(shown: Shown, width: int) -> None:
    """It begins with 150 pixels; whatever happens on the page, nobody scrolls within it."""
    frame = shown.visit("/preferences", width=width)
    place = frame.page.locator("iframe")
    for letters in ("", "\n" * 100):
        height = frame.evaluate(LENGTHEN, letters)
        expect(place).to_have_css("height", f"{height}px")
        assert frame.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
    assert height > 1500
