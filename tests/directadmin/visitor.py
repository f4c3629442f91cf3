"""Somebody with a real browser, who logs in to DirectAdmin and opens Mailward there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import expect

from tests.directadmin.double.da_plugins import PASSWORD
from tests.directadmin.panel_session import PLACES

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page

    from tests.directadmin.double.da_web import DirectAdminWeb


def visit(page: Page, panel: DirectAdminWeb, who: str, level: str = "") -> Frame:
    """Log in at the panel's first page, and follow its menu.

    Args:
        page: of a browser without a session.
        panel: the double; its skin says what stands around.
        who: somebody of it.
        level: at which level; their own unless said otherwise.

    Returns:
        The frame in which Mailward is.
    """
    place = f"{PLACES[level or panel.kind(who)]}/index.html"
    evolution = panel.skin == "evolution"
    page.goto(panel.address + (f"/evo/plugin?src={quote(place)}" if evolution else place))
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Mailward Mail Security").first.click()
    frame = outer(page, panel).element_handle().content_frame()
    assert frame is not None, page.content()
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    return frame


def outer(page: Page, panel: DirectAdminWeb) -> Locator:
    """Our frame in the panel's page; Evolution has a frame of its own around that."""
    if panel.skin == "evolution":
        return page.frame_locator("#plugin").locator("#mailward-frame")
    return page.locator("#mailward-frame")
