"""The lab's Chromium, driven by Playwright, and how a visitor's screen may differ.

One process serves many tests; what they do in it is kept apart by contexts (cookies, storage).
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.lab.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext

WIDE = 1600
NARROW = 360
"""Widths in pixels: a desktop panel, and a small telephone."""

PATIENCE = 10_000
"""Milliseconds that anything on a page has to appear."""


@dataclass(frozen=True)
class Screen:
    """What a visitor looks at the pages with.

    width, height: of the window, in pixels; dark: their system's colour scheme; locale: as in
    `navigator.language`; zone: their time zone; headers: sent along with every request.
    """

    width: int = WIDE
    height: int = 900
    dark: bool = False
    locale: str = "en-GB"
    zone: str = "UTC"
    headers: Mapping[str, str] = field(default_factory=dict)

    def open(self, browser: Browser) -> BrowserContext:
        """A new visitor without cookies. Movements are switched off; the caller closes it."""
        context = browser.new_context(
            viewport={"width": self.width, "height": self.height},
            color_scheme="dark" if self.dark else "light",
            locale=self.locale,
            timezone_id=self.zone,
            extra_http_headers=dict(self.headers),
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        return context


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser process with a throw-away profile.

    While it runs, Playwright's event loop counts as this thread's running one: `asyncio.run` is
    refused here until the browser is closed again.

    Raises LabUnavailableError when this machine cannot have the browser.
    """
    with tempfile.TemporaryDirectory(prefix="mailward-browser-") as place:
        found = chromium(Path(place))
        environment: dict[str, str | float | bool] = {**found.environment, "TMPDIR": place}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=found.program,
                args=list(found.arguments),
                env=environment,
                headless=True,
            )
            try:
                yield browser
            finally:
                browser.close()
