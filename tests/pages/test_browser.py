"""A screen is what its visitor's settings say, and one visitor knows nothing of another."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.lab.conftest import available
from tests.pages.browser import NARROW, running_browser

if TYPE_CHECKING:
    from tests.pages.conftest import OpenPage
    from tests.pages.site import Site

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    ("screen", "script", "seen"),
    [
        ({"width": NARROW, "height": 800}, "[innerWidth, innerHeight]", [360, 800]),
        ({"dark": True}, "matchMedia('(prefers-color-scheme: dark)').matches", True),
        ({}, "matchMedia('(prefers-color-scheme: dark)').matches", False),
        ({}, "matchMedia('(prefers-reduced-motion: reduce)').matches", True),
        ({"locale": "de-DE"}, "navigator.language", "de-DE"),
        ({"locale": "de-DE"}, "(1234.5).toLocaleString()", "1.234,5"),
        ({"zone": "Asia/Tokyo"}, "new Date(0).getHours()", 9),
        ({}, "new Date(0).getHours()", 0),
    ],
)
def test_the_page_sees_the_screen_that_was_asked_for(
    open_page: OpenPage, site: Site, screen: dict[str, object], script: str, seen: object
) -> None:
    assert open_page(site.page(""), **screen).evaluate(script) == seen


def test_locale_and_headers_reach_the_server(open_page: OpenPage, site: Site) -> None:
    open_page(site.page(""), locale="de-DE", headers={"X-Who": "anna"})
    [asked] = [request for request in site.asked if request.path == "/"]
    assert asked.accept_languages.best == "de-DE"
    assert asked.headers["X-Who"] == "anna"


def test_two_visitors_share_no_cookies(open_page: OpenPage, site: Site) -> None:
    first = open_page(site.page(""))
    first.evaluate("document.cookie = 'who=anna'")
    assert first.context.new_page().goto(site.address)
    assert first.context.pages[1].evaluate("document.cookie") == "who=anna"
    assert open_page(site.address).evaluate("document.cookie") == ""


def test_letters_of_far_scripts_have_a_shape(open_page: OpenPage, site: Site) -> None:
    """Not the empty box that stands for a sign that no font has."""
    page = open_page(site.page("<p><i>中</i> <i>文</i> <i>ж</i> <i>✓</i></p>"))
    shapes = {element.screenshot() for element in page.locator("i").all()}
    assert len(shapes) == 4


def test_after_the_browser_event_loops_run_again() -> None:
    """Tests elsewhere call `asyncio.run`, which a running Playwright forbids in its thread."""

    async def nothing() -> int:
        return 7

    def browse_and_run() -> int:
        with running_browser(), pytest.raises(RuntimeError, match="running event loop"):
            asyncio.run(coroutine := nothing())
        coroutine.close()
        return asyncio.run(nothing())

    with available(), ThreadPoolExecutor(1) as thread:
        assert thread.submit(browse_and_run).result() == 7
