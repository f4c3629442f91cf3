"""Somebody at the double's panel without a browser, who sends exactly what a test wants."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from tests.plesk.double.server import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "/modules/mailward/index.php/page"
TOKEN = "forgery_protection_token"
FORM = "application/x-www-form-urlencoded"


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
        address: the panel's.
        login: who.
        locale: the language chosen on the login page.

    Attributes:
        token: what Plesk wants to see in every change.
    """

    def __init__(self, address: str, login: str, locale: str = "en-US") -> None:
        self._place = urlsplit(address).netloc
        self._cookie = ""
        form = urlencode({"login_name": login, "passwd": PASSWORD, "locale_id": locale})
        answer = self._send("POST", "/login_up.php", form.encode(), {"Content-Type": FORM})
        self._cookie = answer.header("Set-Cookie").partition(";")[0]
        assert self._cookie.startswith("PLESKSESSID="), answer
        page = self._send("GET", "/modules/mailward/index.php/index/index", b"", {})
        found = re.search(rf'id="{TOKEN}" content="([0-9a-f]+)"', page.text)
        assert found, page
        self.page = page
        self.token = found[1]

    def get(self, route: str, **headers: str) -> Answer:
        """Open a route of Mailward's. Names of headers have `_` for `-`."""
        return self.ask("GET", route, b"", {k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, route: str, fields: list[tuple[str, str]], *, token: bool = True) -> Answer:
        """Send a form."""
        body = urlencode([*fields, *([(TOKEN, self.token)] if token else [])], quote_via=quote)
        return self.ask("POST", route, body.encode(), {"Content-Type": FORM})

    def ask(
        self, method: str, route: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send anything."""
        return self._send(method, PREFIX + route, body, headers or {})

    def raw(self, target: str) -> int:
        """Ask for a target that no well-behaved client would send; the answer's code."""
        host, _, port = self._place.partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            lines = f"GET {target} HTTP/1.0\r\nHost: {host}\r\nCookie: {self._cookie}\r\n\r\n"
            connection.sendall(lines.encode("latin-1"))
            with closing(HTTPResponse(connection)) as answer:
                answer.begin()
                answer.read()
                return answer.status

    def _send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {**({"Cookie": self._cookie} if self._cookie else {}), **headers}
        with closing(HTTPConnection(self._place, timeout=90)) as connection:
            connection.request(method, target, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
