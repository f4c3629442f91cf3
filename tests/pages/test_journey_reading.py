"""People who read German on a small dark telephone, and people who use no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.pages.browser import NARROW
from tests.pages.journey import IN_THREE_WAYS, LOGGED_IN, happened

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator

    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

MOST_STOPS = 120
"""Presses of the tab key after which somebody gives up."""

OUTLINED = """element => {
  const style = getComputedStyle(element);
  if (element.type === "date") return true;  // the browser draws it around a part of the field
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


@IN_THREE_WAYS
@pytest.mark.parametrize("who", ["root", "anna"])
def test_a_german_visitor_goes_through_the_menu(shown: Shown, who: str) -> None:
    """D13, E19: everything is there in their language, and nothing is wider than the telephone."""
    happened(shown.pages, LOGGED_IN, 3)
    frame = shown.visit("/", who=who, width=NARROW, dark=True, locale="de-DE")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    seen: list[str] = []
    menu = _menu(frame)
    for number in range(menu.count()):
        entry = menu.nth(number)
        if not entry.is_visible():
            frame.locator(".mw-menu > summary").click()
        # the page that is left shows the same menu, and the first entry is where it begins
        with frame.expect_navigation():
            entry.click()
        expect(entry).to_have_attribute("aria-current", "page")
        title = frame.get_by_role("heading", level=1)
        expect(title).to_be_visible()
        seen.append(title.inner_text())
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert frame.evaluate(wide) == 0, frame.url
    assert len(set(seen)) == len(seen) >= 6
    assert {"Länder", "Protokoll"} & set(seen)


def _menu(frame: Frame) -> Locator:
    """The menu's entries as they are seen on a small screen."""
    name = ".mw-menu .mw-nav a" if frame.locator(".mw-menu").count() else ".mw-tabs .mw-nav a"
    return frame.locator(name)


@IN_THREE_WAYS
def test_somebody_without_a_mouse_gives_a_pass(shown: Shown) -> None:
    """E19: the way is the skip link, the menu, the form, and its button; focus is always seen."""
    frame = shown.visit("/overview", who="anna")
    keyboard = frame.page.keyboard
    _tab_to(frame, frame.get_by_role("link", name="To the content"))
    link = frame.get_by_role("link", name="Traveller passes").locator("visible=true").first
    _tab_to(frame, link)
    with frame.expect_navigation():
        keyboard.press("Enter")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Traveller passes")
    _tab_to(frame, frame.get_by_role("link", name="To the content"))
    keyboard.press("Enter")
    _tab_to(frame, frame.get_by_label("Who travels"), passing="Overview")
    keyboard.type("bob@alpha.example")
    _tab_to(frame, frame.get_by_label("Country", exact=True))
    keyboard.type("Thai")
    _tab_to(frame, frame.get_by_label("Why"))
    keyboard.type("holiday")
    _tab_to(frame, frame.get_by_role("button", name="Give the pass"))
    with frame.expect_navigation():
        keyboard.press("Enter")
    expect(frame.get_by_role("status").first).to_contain_text("Thailand is open until")
    (stored,) = shown.pages.parts.store.settings.all()["mailbox", "bob@alpha.example"].values()
    assert [(each["country"], each["comment"]) for each in stored] == [("TH", "holiday")]


def _tab_to(frame: Frame, wanted: Locator, passing: str = "") -> None:
    """Press the tab key until something has the focus; on the way focus is always seen.

    Args:
        frame: where Mailward is.
        wanted: what is meant.
        passing: text of an element that must not be come by.
    """
    goal = wanted.element_handle()
    for _ in range(MOST_STOPS):
        frame.page.keyboard.press("Tab")
        here = frame.evaluate_handle("document.activeElement").as_element()
        if here is None or here.evaluate("e => e === document.body"):
            continue  # the panel around, or the browser itself
        assert here.evaluate(OUTLINED), (
            f"nobody sees the focus: {here.evaluate('e => e.outerHTML')}"
        )
        assert not passing or here.inner_text() != passing
        if here.evaluate("(e, goal) => e === goal", goal):
            return
    raise AssertionError(f"the tab key does not lead to {wanted}")
