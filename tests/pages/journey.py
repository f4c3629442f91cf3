"""What the journeys of people through the pages share: in which ways they are made, what is told.

Each is made without a panel, below a panel's path, and in a panel's frame; the pages' own tests
look at the other ways, too.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator

    from tests.core.web.rig import Pages

IN_THREE_WAYS = pytest.mark.parametrize("shown", ["alone", "prefix", "frame"], indirect=True)

FROM_THE_START = {"address": "203.0.113.7", "country": "RU"}
"""Where whoever is refused before the password comes from; see `tests.core.web.pages.explained`."""

LOGGED_IN: dict[str, Any] = {
    "stage": Stage.AUTH,
    "verdict": Verdict.ALLOW,
    "reason": Reason.LOGIN_OK,
    "account": "bob@alpha.example",
    "domain": "alpha.example",
    "address": "198.51.100.1",
    "country": "AT",
}
REFUSED: dict[str, Any] = {
    **LOGGED_IN,
    "verdict": Verdict.DENY,
    "reason": Reason.COUNTRY,
    **FROM_THE_START,
}


def happened(pages: Pages, what: dict[str, Any], times: int = 1, **more: Any) -> None:
    """Something came about some minutes ago.

    Args:
        pages: into whose store it is written.
        what: LOGGED_IN or REFUSED.
        times: how often, a minute apart.
        more: fields that are otherwise.
    """
    now = time.time() - 60
    pages.parts.store.write(
        [
            Event(**{"at": at, "last": at, "service": Service.IMAPS, **what, **more})
            for at in (now - 60 * n for n in range(times))
        ]
    )


def told(frame: Frame) -> Locator:
    """What the page says of the change just made."""
    return frame.get_by_role("status").first


def follow(frame: Frame, control: Locator) -> None:
    """Click what leads to another page, and wait until that is there and its scripts have run.

    Whoever only looks for what the other page has may still see the page that is left, or an empty
    one in between.

    Args:
        frame: the one that the other page comes into.
        control: a link, or the button of a form.
    """
    with frame.expect_navigation():
        control.click()


def undo(frame: Frame) -> None:
    """Take the change just made back, by the button beside what was told."""
    follow(frame, frame.locator(".mw-notices").get_by_role("button", name="Undo"))
    expect(told(frame)).to_contain_text("Taken back")


def open_menu(frame: Frame, entry: str) -> None:
    """Go to a page by the menu, and wait until it is there."""
    menu = frame.get_by_role("navigation", name="Pages")
    follow(frame, menu.get_by_role("link", name=entry))
    expect(frame.get_by_role("heading", level=1)).to_have_text(entry)
