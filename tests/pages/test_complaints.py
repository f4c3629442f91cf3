"""What is wrong on a page is heard, whatever it is, and a healthy page is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.browser import Screen
from tests.pages.complaints import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.pages.site import Site

pytestmark = pytest.mark.lab


def visited(browser: Browser, url: str) -> Complaints:
    """What the browser says about a page that nobody touches."""
    heard = Complaints()
    context = Screen().open(browser)
    heard.listen(context)
    context.new_page().goto(url, wait_until="networkidle")
    context.close()
    return heard


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        pytest.param('<p style="color: red">red</p>', ["inline style"], id="style attribute"),
        pytest.param("<script>1</script>", ["inline script"], id="inline script"),
        pytest.param('<a onclick="1">x</a>', ["inline event handler"], id="event handler"),
        pytest.param('<script src="/bad.js"></script>', ["uncaught.*broken"], id="exception"),
        pytest.param('<script src="/late.js"></script>', ["uncaught.*later"], id="promise"),
        pytest.param('<script src="/said.js"></script>', ["console error: oh"], id="console"),
        pytest.param('<img src="/gone.png" alt="">', ["status of 404"], id="missing file"),
        pytest.param(
            '<img src="http://example.com/" alt="">',
            ["violates .*img-src", "request failed: GET http://example.com/"],
            id="outside",
        ),
        pytest.param('<iframe src="/framed" title="f"></iframe>', ["inline style"], id="frame"),
    ],
)
def test_what_is_wrong_is_heard(browser: Browser, site: Site, body: str, heard: list[str]) -> None:
    site.pages["/bad.js"] = "throw new Error('broken')"
    site.pages["/late.js"] = "Promise.reject(new Error('later'))"
    site.pages["/said.js"] = "console.error('oh')"
    site.page('<p style="color: red">red</p>', path="/framed")
    complaints = visited(browser, site.page(body))
    assert complaints.left() != []
    for pattern in heard:
        complaints.forgive(f"(?i){pattern}")
    assert complaints.left() == []


def test_a_healthy_page_is_silent(browser: Browser, site: Site) -> None:
    site.pages["/good.js"] = "console.log('fine')"
    assert visited(browser, site.page('<script src="/good.js"></script>')).left() == []


def test_a_server_that_hangs_up_is_heard(browser: Browser, site: Site) -> None:
    """Nothing listens on port 9 of loopback; the policy is the page's own here."""
    heard = Complaints()
    context = Screen().open(browser)
    heard.listen(context)
    page = context.new_page()
    page.goto(site.page(""))
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    context.close()
    assert any("127.0.0.1:9" in line for line in heard.left())
