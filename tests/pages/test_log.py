"""The log in a browser: lines open in place, storms unfold, what is new appears by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.core.web.pages.log_events import ALLOWED, CONNECTED, event, record
from tests.pages.accessibility import assert_accessible
from tests.pages.browser import NARROW, WIDE
from tests.pages.journey import follow

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

ALONE = pytest.mark.parametrize("shown", ["alone"], indirect=True)


def now() -> float:
    """A moment ago."""
    return time.time() - 30


def test_a_line_opens_in_place_and_its_address_is_exempted(shown: Shown) -> None:
    """D5, A4."""
    record(shown.pages, event(now(), **CONNECTED, **ALLOWED), event(now() + 2))
    frame = shown.visit("/log")
    row = frame.locator("#mwlog-lines > tr", has_text="Login refused")
    row.get_by_role("button", name="All evidence").click()
    opened = frame.locator(".mwlog-opened")
    expect(opened).to_contain_text("What the client reads")
    expect(opened.get_by_role("heading", name="The same session")).to_be_visible()
    assert shown.route(frame) == "/log"
    opened.get_by_label("Why (kept with the entry)").fill("the office")
    follow(frame, opened.get_by_role("button", name="Exempt"))
    expect(frame.get_by_role("status").first).to_contain_text("Exempt now: 203.0.113.7")
    listed = shown.pages.parts.store.settings.all()["server", ""]["exempt.addresses"]
    assert [each["comment"] for each in listed] == ["the office"]


def test_what_is_new_appears_by_itself_until_it_is_paused(shown: Shown) -> None:
    record(shown.pages, event(now(), **ALLOWED))
    frame = shown.visit("/log?result=stopped")
    expect(frame.get_by_text("Nothing like that was found.")).to_be_visible()
    frame.get_by_role("button", name="Follow live").click()
    record(shown.pages, event(now(), account="eve@alpha.example", **ALLOWED), event(now()))
    rows = frame.locator("#mwlog-lines > tr")
    expect(rows).to_have_count(1, timeout=10_000)
    expect(rows.first).to_contain_text("bob@alpha.example")
    expect(frame.get_by_text("Nothing like that was found.")).to_have_count(0)
    frame.get_by_role("button", name="Pause").click()
    expect(frame.get_by_role("button", name="Follow live")).to_be_visible()


def test_a_search_by_the_form_has_a_short_address(shown: Shown) -> None:
    """D4: it can be kept."""
    record(shown.pages, event(now()), event(now(), account="dora@delta.example"))
    frame = shown.visit("/log")
    frame.get_by_label("Account").fill("*@delta.example")
    follow(frame, frame.get_by_role("button", name="Search"))
    expect(frame.locator("#mwlog-lines > tr")).to_have_count(1)
    expect(frame.locator("#mwlog-lines")).to_contain_text("dora@delta.example")
    assert "service" not in frame.url
    assert shown.route(frame) == "/log"


@ALONE
def test_a_storm_unfolds_by_key(shown: Shown) -> None:
    record(shown.pages, *[event(now() - 60 * n, count=10) for n in range(3)])
    frame = shown.visit("/log")
    members = frame.locator("tr.mwlog-member")
    expect(members).to_have_count(3)
    expect(members.first).to_be_hidden()
    storm = frame.get_by_role("button", name="times, show each line")
    storm.focus()
    storm.press("Space")
    expect(members.first).to_be_visible()
    expect(storm).to_have_attribute("aria-expanded", "true")
    storm.press("Enter")
    expect(members.first).to_be_hidden()


@ALONE
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_log_shuts_nobody_out(shown: Shown, width: int, dark: bool) -> None:
    made = [
        event(now()),
        event(now(), **ALLOWED, would="country"),
        event(now() - 9, count=5),
        event(now() - 70, **CONNECTED, address="2001:db8:1234:5678:9abc:def0:1234:5678"),
        event(now() - 80, account="x" * 90 + "@alpha.example"),
    ]
    stored = record(shown.pages, *made)
    for route in ("/log", "/log?country=DE&network=x", f"/log/{stored[0].id}"):
        frame = shown.visit(route, width=width, dark=dark)
        assert_accessible(frame.page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert frame.evaluate(wide) == 0, route
    frame = shown.visit("/log", width=width, dark=dark)
    frame.get_by_role("button", name="All evidence").first.click()
    expect(frame.locator(".mwlog-opened")).to_contain_text("Exempt")
    assert_accessible(frame.page)
