"""Journeys with a browser through WHM's and Jupiter's pages, to Mailward in their frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.cpanel.served import ServedMachine
from tests.cpanel.visitor import visit
from tests.lab.conftest import available
from tests.pages.accessibility import assert_accessible
from tests.pages.journey import follow, open_menu, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def machine() -> Iterator[ServedMachine]:
    """Real pages behind both sockets; the server permits three countries."""
    with available(), ServedMachine() as served:
        served.mailward("set", "country.mode", "allow")
        served.mailward("set", "country.list", "DE,AT,CH")
        yield served
        assert served.panel.errors == []
        assert served.panel.cpwrapd.errors == []


def height_fits(page: Page, frame: Frame) -> None:
    """The frame is as high as what is in it: there is one scroll bar, the panel's."""
    inner = frame.evaluate("document.documentElement.scrollHeight")
    outer = page.locator("#mailward-frame").evaluate("frame => frame.offsetHeight")
    assert abs(inner - outer) <= 2, (inner, outer)


@pytest.mark.proves("admin", "customers")
def test_a_customer_narrows_the_countries_of_a_domain_and_root_sees_it(
    machine: ServedMachine, open_page: Callable[..., Page]
) -> None:
    """E6, E2: through Jupiter, then through WHM."""
    page = open_page()
    bert = visit(page, machine.panel, "bert")
    expect(page.get_by_role("heading", name="Mailward", level=2)).to_be_visible()
    open_menu(bert, "Domains")
    follow(bert, bert.get_by_role("link", name="customer.test").first)
    height_fits(page, bert)
    bert.locator("#country-list-inherit").uncheck()
    listed = bert.locator("#country-list")
    listed.locator(".sf-countries > summary").click()
    listed.locator("#country-list-DE").uncheck()
    follow(bert, bert.get_by_role("button", name="Save", exact=True).last)
    expect(told(bert)).to_contain_text("Countries listed")

    page = open_page()
    root = visit(page, machine.panel, "root")
    open_menu(root, "Customers")
    follow(root, root.get_by_role("link", name="customer.test").first)
    listed = root.locator("#country-list")
    listed.locator(".sf-countries > summary").click()
    expect(listed.locator("#country-list-AT")).to_be_checked()
    expect(listed.locator("#country-list-DE")).not_to_be_checked()
    height_fits(page, root)
    follow(root, root.get_by_role("link", name="System").first)
    follow(root, root.locator('a[href*="audit"]').first)
    expect(root.locator("main")).to_contain_text("customer.test")
    expect(root.get_by_role("link", name="bert").first).to_be_visible()


@pytest.mark.proves("customers")
def test_a_reseller_sees_their_customers_in_whm(
    machine: ServedMachine, open_page: Callable[..., Page]
) -> None:
    """E5: and has nothing of the server's in the menu."""
    page = open_page()
    rita = visit(page, machine.panel, "rita")
    open_menu(rita, "Customers")
    for name in ("anna", "mallory"):
        expect(rita.get_by_text(name, exact=True).first).to_be_visible()
    expect(rita.get_by_text("customer.test")).to_have_count(0)
    expect(rita.get_by_role("navigation", name="Pages").get_by_text("System")).to_have_count(0)
    height_fits(page, rita)


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("who", ["root", "anna"])
def test_the_frame_fits_every_screen(
    machine: ServedMachine, open_page: Callable[..., Page], who: str, width: int
) -> None:
    """D1: on a telephone, too, and in the account's language; nothing runs out at the side."""
    page = open_page(width=width)
    frame = visit(page, machine.panel, who)
    height_fits(page, frame)
    for each in (page, frame):
        over = each.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0
    expected = "de" if who == "anna" else "en-GB"
    language = frame.evaluate("document.documentElement.lang")
    assert expected.startswith(language)
    assert_accessible(frame)


def test_in_a_light_panel_the_pages_are_light(
    machine: ServedMachine, open_page: Callable[..., Page]
) -> None:
    """D1: whatever the visitor's system prefers, until they choose for themselves."""
    frame = visit(open_page(dark=True), machine.panel, "rita")
    root = frame.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    follow(frame, frame.locator('a[href*="preferences"]').first)
    frame.locator("#theme-dark").check()
    follow(frame, frame.get_by_role("button", name="Keep"))
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_a_session_that_ends_shows_the_login_page(
    machine: ServedMachine, open_page: Callable[..., Page]
) -> None:
    """In the frame, as the panel does it; nothing of Mailward's is shown any more."""
    page = open_page()
    bert = visit(page, machine.panel, "bert")
    for file in (machine.root / "var/cpanel/sessions/raw").glob("bert:*"):
        file.unlink()
    follow(bert, bert.get_by_role("link", name="Domains").first)
    expect(bert.get_by_role("button", name="Log in")).to_be_visible()
    expect(bert.get_by_text("customer.test")).to_have_count(0)
