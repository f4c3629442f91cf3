"""Somebody in a panel without a browser, who sends exactly what a test wants.

Each panel's own module says how one logs in there and where Mailward's pages are.
"""

from __future__ import annotations

import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
"""How browsers send one."""

SECONDS = 90
"""For one answer: longer than any bridge waits for the pages."""


class Answer(NamedTuple):
    """What the panel said."""

    code: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """A header's value, "" when there is none."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")


class BareSession:
    """A session of somebody's; what is said at the login is the panel's to add.

    Args:
        address: the panel's.

    Attributes:
        cookie: what the browser would send, "" before the login.
    """

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address).netloc
        self.cookie = ""

    def address(self, route: str) -> str:
        """Where a route of Mailward's is: path, and query if it has one."""
        raise NotImplementedError

    def get(self, route: str, **headers: str) -> Answer:
        """Open a route of Mailward's. Names of headers have `_` for `-`."""
        return self.ask("GET", route, b"", {k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, route: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        body = urlencode(fields, quote_via=quote).encode()
        return self.ask("POST", route, body, {"Content-Type": FORM})

    def ask(
        self, method: str, route: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send anything to a route of Mailward's."""
        return self.send(method, self.address(route), body, headers)

    def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send anything to any place of the panel's."""
        sent = {**({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        with closing(HTTPConnection(self._place, timeout=SECONDS)) as connection:
            connection.request(method, target, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())

    def raw(self, target: str) -> int:
        """Ask for a target that no well-behaved client would send; the answer's code."""
        host, _, port = self._place.partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            lines = f"GET {target} HTTP/1.0\r\nHost: {host}\r\nCookie: {self.cookie}\r\n\r\n"
            connection.sendall(lines.encode("latin-1"))
            with closing(HTTPResponse(connection)) as answer:
                answer.begin()
                answer.read()
                return answer.status
