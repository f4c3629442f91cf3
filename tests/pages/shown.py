"""The ways in which Mailward's pages are shown: a journey is made in each of them.

alone: by a signed link, without a panel; prefix: below a path of the panel's; frame: in a frame of
the panel's page; query: the route in a query parameter; body: printed within the panel's page.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from core.panel import Role, Viewer
from core.web.links import make_key
from tests.core.web.rig import SECRET, Pages
from tests.pages.panel import FRAMED, MOUNTS, PASSWORD, StandInPanel
from tests.pages.serving import serving, serving_on_socket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Frame, Page

WAYS = ("alone", *MOUNTS)

PEOPLE = {"root": Role.ADMIN, "rita": Role.RESELLER, "anna": Role.CUSTOMER}
"""Those of the pages' own tests: rita's customer anna owns alpha.example and beta.example."""


@dataclass(frozen=True)
class Shown:
    """One way, ready for visitors.

    way: one of WAYS; address: of the server that the browser talks to; pages: the application
    behind it; open_page: the fixture.
    """

    way: str
    address: str
    pages: Pages
    open_page: Callable[..., Page]

    def visit(self, route: str = "/", who: str = "root", **screen: Any) -> Frame:
        """Somebody new logs in and goes to a route.

        Args:
            route: path and query as Mailward knows them: `/log?account=bob%40alpha.example`.
            who: one of PEOPLE.
            screen: see `Screen`.

        Returns:
            The frame in which Mailward is; `frame.page` is the whole page, with the panel around.
        """
        page = self.open_page(**screen)
        if self.way == "alone":
            key = make_key(SECRET, Viewer(PEOPLE[who], who), time.time() + 3600)
            page.goto(f"{self.address}/enter?key={quote(key)}")
            page.goto(self.address + route)
            return page.main_frame
        page.goto(self.address + self._place(route))
        page.get_by_label("User").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        with page.expect_navigation():  # the page that is left has been loaded, too
            page.get_by_role("button", name="Log in").click()
        if self.way != "frame":
            return page.main_frame
        frame = page.frame("mailward")
        assert frame is not None, page.content()
        return frame

    def route(self, frame: Frame) -> str:
        """Where in Mailward a visitor is: the path without what the panel puts before it."""
        place = urlsplit(frame.url)
        if self.way == "alone":
            return place.path
        mount = MOUNTS[self.way]
        if not mount.parameter:
            return place.path.removeprefix(mount.prefix)
        found: str = frame.evaluate(
            "name => new URLSearchParams(location.search).get(name)", mount.parameter
        )
        return found

    def _place(self, route: str) -> str:
        if self.way == "frame":
            return f"{FRAMED}?at={quote(route, safe='')}"
        return MOUNTS[self.way].address(route)


@contextlib.contextmanager
def showing(pages: Pages, way: str, open_page: Callable[..., Page]) -> Iterator[Shown]:
    """Serve the pages for one way. Their directory gets the socket."""
    if way == "alone":
        with serving(pages.app) as address:
            yield Shown(way, address, pages, open_page)
        return
    socket = pages.config.run / "web.sock"
    panel = StandInPanel(socket, SECRET, PEOPLE)
    with serving_on_socket(pages.app, socket), serving(panel) as address:
        yield Shown(way, address, pages, open_page)
