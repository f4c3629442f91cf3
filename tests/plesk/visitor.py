"""Somebody at the double's panel with a real browser, who logs in and opens Mailward there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.plesk.double.server import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

    from tests.plesk.double.server import PleskServer


def visit(page: Page, server: PleskServer, who: str, domain: int | None = None) -> Frame:
    """Log in and open Mailward.

    Args:
        page: of a browser without a session.
        server: the double.
        who: a login of the panel.
        domain: the number of a domain of whose page the button is used; None for the menu's entry.

    Returns:
        The frame in which Mailward is.
    """
    query = "" if domain is None else f"?dom_id={domain}&site_id={domain}"
    page.goto(f"{server.address}/modules/mailward/index.php/index/index{query}")
    page.get_by_label("User").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    handle = page.locator("#mailward-frame").element_handle()
    frame = handle.content_frame()
    assert frame is not None, page.content()
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    return frame
