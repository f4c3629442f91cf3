"""Journeys with a browser through DirectAdmin's skins, to Mailward in its frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.directadmin.laid import LaidMachine
from tests.directadmin.visitor import outer, visit
from tests.lab.conftest import available
from tests.lab.readiness import await_true
from tests.pages.accessibility import assert_accessible
from tests.pages.journey import follow, open_menu, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Frame, Page, Route

    from tests.directadmin.double.da_web import DirectAdminWeb

pytestmark = pytest.mark.lab

PLAIN = '<script type="text/plain">'

SKINS = pytest.mark.parametrize("skin", ["evolution", "enhanced"])


@pytest.fixture(scope="module")
def served() -> Iterator[LaidMachine]:
    """The plugin, and real pages behind both sockets; the server permits three countries."""
    with available(), LaidMachine() as machine:
        machine.serve_pages()
        machine.mailward("set", "country.mode", "allow")
        machine.mailward("set", "country.list", "DE,AT,CH")
        yield machine
        assert machine.panel.errors == []


@pytest.fixture
def panel(served: LaidMachine, skin: str) -> DirectAdminWeb:
    """DirectAdmin in one of its skins."""
    served.panel.skin, served.panel.dark = skin, False
    return served.panel


def height_fits(page: Page, panel: DirectAdminWeb, frame: Frame) -> None:
    """The frame is as high as what is in it: it has no scroll bar of its own."""

    def fits() -> bool:
        inner: int = frame.evaluate("document.documentElement.scrollHeight")
        found: int = outer(page, panel).evaluate("frame => frame.offsetHeight")
        return abs(inner - found) <= 2

    await_true(fits, "the frame's height", str)


@SKINS
@pytest.mark.proves("admin", "customers")
def test_a_customer_narrows_the_countries_of_a_domain_and_the_administrator_sees_it(
    panel: DirectAdminWeb, open_page: Callable[..., Page], skin: str
) -> None:
    """E6, E2."""
    who, domain = ("bert", "customer.test") if skin == "evolution" else ("anna", "example.test")
    page = open_page()
    customer = visit(page, panel, who)
    open_menu(customer, "Domains")
    follow(customer, customer.get_by_role("link", name=domain).first)
    height_fits(page, panel, customer)
    customer.locator("#country-list-inherit").uncheck()
    listed = customer.locator("#country-list")
    listed.locator(".sf-countries > summary").click()
    listed.locator("#country-list-DE").uncheck()
    follow(customer, customer.get_by_role("button", name="Save", exact=True).last)
    expect(told(customer)).to_contain_text("Countries listed")

    page = open_page()
    admin = visit(page, panel, "admin")
    open_menu(admin, "Customers")
    follow(admin, admin.get_by_role("link", name=domain).first)
    listed = admin.locator("#country-list")
    listed.locator(".sf-countries > summary").click()
    expect(listed.locator("#country-list-AT")).to_be_checked()
    expect(listed.locator("#country-list-DE")).not_to_be_checked()
    height_fits(page, panel, admin)
    menu = admin.get_by_role("navigation", name="Pages")
    follow(admin, menu.get_by_role("link", name="System"))
    follow(admin, admin.get_by_role("link", name="audit").first)
    expect(admin.get_by_role("main")).to_contain_text(f"{who} (customer)")
    expect(admin.get_by_role("main")).to_contain_text(domain)


@SKINS
@pytest.mark.proves("customers")
def test_a_reseller_sees_their_customers(
    panel: DirectAdminWeb, open_page: Callable[..., Page]
) -> None:
    """E5: and has nothing of the server's in the menu."""
    page = open_page()
    rita = visit(page, panel, "rita")
    open_menu(rita, "Customers")
    expect(rita.get_by_text("anna", exact=True).first).to_be_visible()
    expect(rita.get_by_text("customer.test")).to_have_count(0)
    expect(rita.get_by_role("navigation", name="Pages").get_by_text("System")).to_have_count(0)
    height_fits(page, panel, rita)


@SKINS
@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("who", ["admin", "anna"])
def test_the_frame_fits_every_screen(
    panel: DirectAdminWeb, open_page: Callable[..., Page], who: str, width: int
) -> None:
    """D1: on a telephone, too; nothing runs out at the side."""
    page = open_page(width=width)
    frame = visit(page, panel, who)
    height_fits(page, panel, frame)
    for each in (page, frame):
        over = each.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0
    assert_accessible(frame)


@SKINS
def test_without_scripts_around_it_the_frame_is_as_high_as_the_window(
    panel: DirectAdminWeb, open_page: Callable[..., Page]
) -> None:
    """D2: a skin that lets no script of ours run still shows all, with a second scroll bar."""
    page = open_page()

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<script>", PLAIN))

    page.route(re.compile(r"://[^/]+/CMD_PLUGINS_ADMIN/mailward/index\.html$"), without)
    visit(page, panel, "admin")
    assert outer(page, panel).evaluate("frame => frame.offsetHeight") >= 500


@SKINS
def test_a_session_that_ends_shows_the_login_page(
    panel: DirectAdminWeb, open_page: Callable[..., Page]
) -> None:
    """In the frame, as the panel does it; nothing of Mailward's is shown any more."""
    page = open_page()
    bert = visit(page, panel, "bert")
    for cookie in page.context.cookies():
        if cookie["name"] == "session":
            panel.log_out(cookie["value"])
    follow(bert, bert.get_by_role("link", name="Domains").first)
    expect(bert.get_by_role("button", name="Sign in")).to_be_visible()
    expect(bert.get_by_text("customer.test")).to_have_count(0)


@SKINS
@pytest.mark.parametrize("dark", [False, True])
def test_in_a_light_panel_the_pages_are_light_and_in_a_dark_one_dark(
    panel: DirectAdminWeb, open_page: Callable[..., Page], dark: bool
) -> None:
    """D1: whatever the visitor's system prefers, until they choose for themselves."""
    page = open_page(dark=not dark)
    panel.dark = dark
    frame = visit(page, panel, "rita", "user")
    found, other = ("dark", "light") if dark else ("light", "dark")
    root = frame.locator("html")
    expect(root).to_have_attribute("data-bs-theme", found)
    follow(frame, frame.locator('a[href*="preferences"]').first)
    frame.locator(f"#theme-{other}").check()
    follow(frame, frame.get_by_role("button", name="Keep"))
    expect(root).to_have_attribute("data-bs-theme", other)
    frame.locator("#theme-auto").check()
    follow(frame, frame.get_by_role("button", name="Keep"))
    expect(root).to_have_attribute("data-bs-theme", found)
