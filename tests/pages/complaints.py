"""What a browser complains about while pages are visited: each is a fault of ours until forgiven.

Scripts that fail, what the content security policy refused, requests that failed, anything that
was answered with an error: Chromium writes all of them to its console, or tells of the request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError


class Complaints:
    """Listens to browser contexts, and keeps what it hears as one line each."""

    def __init__(self) -> None:
        """Nothing heard yet."""
        self._heard: list[str] = []
        self._forgiven: list[re.Pattern[str]] = []

    def listen(self, context: BrowserContext) -> None:
        """Hear of every page, frame and pop-up of this context."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("requestfailed", self._on_failed_request)

    def forgive(self, pattern: str) -> None:
        """A test provokes this one: a regular expression that is found in the complaint."""
        self._forgiven.append(re.compile(pattern))

    def left(self) -> list[str]:
        """What nobody forgave, in the order in which it happened."""
        return [
            line for line in self._heard if not any(word.search(line) for word in self._forgiven)
        ]

    def taken(self) -> list[str]:
        """Likewise, and forgets them: whoever takes them tells of them."""
        found = self.left()
        self._heard.clear()
        return found

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            place = message.location
            where = f"{place['url']}:{place['lineNumber']}"
            self._heard.append(f"console {message.type}: {message.text} ({where})")

    def _on_error(self, error: WebError) -> None:
        where = error.page.url if error.page else "?"
        self._heard.append(f"uncaught: {error.error} ({where})")

    def _on_failed_request(self, request: Request) -> None:
        """What the browser gave up by itself is none: a visitor went on, or it is a download."""
        if request.failure != "net::ERR_ABORTED":
            self._heard.append(f"request failed: {request.method} {request.url}: {request.failure}")
