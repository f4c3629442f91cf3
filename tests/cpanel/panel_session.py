"""Somebody in WHM or cPanel without a browser, who sends exactly what a test wants."""

from __future__ import annotations

import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from tests.cpanel.double.cpsrvd import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cpanel.double.cpsrvd import Cpsrvd

FORM = "application/x-www-form-urlencoded"
WHM, JUPITER = "/cgi/mailward/mailward.cgi", "/frontend/jupiter/mailward/page.cgi"
AROUND = "/frontend/jupiter/mailward/index.live.pl"
"""Jupiter's page around the frame; WHM's is the same script without a route."""


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


class PanelSession:
    """A session of somebody's.

    Args:
        panel: the double.
        login: root and resellers go to WHM, others to cPanel.
        whm: where a reseller goes, who has both.

    Attributes:
        name: of the session's file.
        token: what is in every address of the session.
        prefix: address path of the script that carries requests.
    """

    def __init__(self, panel: Cpsrvd, login: str, *, whm: bool | None = None) -> None:
        self.is_whm = bool(panel.acls(login)) if whm is None else whm
        self._place = urlsplit(panel.whm if self.is_whm else panel.cpanel).netloc
        self.cookie = ""
        form = urlencode({"user": login, "pass": PASSWORD}).encode()
        answer = self.send("POST", "/", form, {"Content-Type": FORM})
        self.cookie = answer.header("Set-Cookie").partition(";")[0]
        assert answer.code == 303, answer
        self.name = unquote(self.cookie.partition("=")[2]).partition(",")[0]
        self.token = "/" + urlsplit(answer.header("Location")).path.split("/")[1]
        self.prefix = self.token + (WHM if self.is_whm else JUPITER)

    def address(self, route: str) -> str:
        """Where a route of Mailward's is: path, and query if it has one."""
        path, _, query = route.partition("?")
        return f"{self.prefix}?r={quote(path, safe='/%')}" + (f"&{query}" if query else "")

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
        """Send anything."""
        return self.send(method, self.address(route), body, headers or {})

    def around(self) -> Answer:
        """The panel's page with the frame."""
        path = self.prefix if self.is_whm else self.token + AROUND
        return self.send("GET", path, b"", {})

    def raw(self, query: str) -> int:
        """Ask with a query that no well-behaved client would send; the answer's code."""
        host, _, port = self._place.partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            target = f"{self.prefix}?{query}"
            lines = f"GET {target} HTTP/1.0\r\nHost: {host}\r\nCookie: {self.cookie}\r\n\r\n"
            connection.sendall(lines.encode("latin-1"))
            with closing(HTTPResponse(connection)) as answer:
                answer.begin()
                answer.read()
                return answer.status

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send anything to any place of the panel's."""
        sent = {**({"Cookie": self.cookie} if self.cookie else {}), **headers}
        with closing(HTTPConnection(self._place, timeout=90)) as connection:
            connection.request(method, target, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
