"""Somebody with a real browser, who logs in to WHM or cPanel and opens Mailward there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.cpanel.double.cpsrvd import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

    from tests.cpanel.double.cpsrvd import Cpsrvd


def visit(page: Page, panel: Cpsrvd, who: str, *, whm: bool | None = None) -> Frame:
    """Log in, and follow what the panel shows on its first page.

    Args:
        page: of a browser without a session.
        panel: the double.
        who: root and resellers go to WHM, others to cPanel.
        whm: where a reseller goes, who has both.

    Returns:
        The frame in which Mailward is.
    """
    page.goto(panel.whm if (bool(panel.acls(who)) if whm is None else whm) else panel.cpanel)
    page.get_by_label("User").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Mailward").click()
    handle = page.locator("#mailward-frame").element_handle()
    frame = handle.content_frame()
    assert frame is not None, page.content()
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    return frame
