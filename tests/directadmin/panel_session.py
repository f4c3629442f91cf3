"""Somebody in DirectAdmin without a browser, who sends exactly what a test wants."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from tests.directadmin.double.da_plugins import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.directadmin.double.da_web import DirectAdminWeb

FORM = "application/x-www-form-urlencoded"
PLACES = {
    "admin": "/CMD_PLUGINS_ADMIN/mailward",
    "reseller": "/CMD_PLUGINS_RESELLER/mailward",
    "user": "/CMD_PLUGINS/mailward",
}


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
        login: who.
        level: at which level they open pages; their own unless said otherwise.

    Attributes:
        session, key: the session's halves.
        place: address path of the plugin.
    """

    def __init__(self, panel: DirectAdminWeb, login: str, level: str = "") -> None:
        self._place = urlsplit(panel.address).netloc
        self.cookie = ""
        form = urlencode({"username": login, "password": PASSWORD}).encode()
        answer = self.send("POST", "/CMD_LOGIN", form, {"Content-Type": FORM})
        self._keep(answer)
        self.place = PLACES[level or panel.kind(login)]

    def log_in_as(self, user: str) -> None:
        """Be one of one's users from now on, at the user's level."""
        self._keep(self.send("GET", f"/CMD_LOGIN_AS?user={user}"))
        self.place = PLACES["user"]

    def address(self, route: str) -> str:
        """Where a route of Mailward's is: path, and query if it has one."""
        path, _, query = route.partition("?")
        return f"{self.place}/index.raw?r={quote(path, safe='/%')}" + (f"&{query}" if query else "")

    def get(self, route: str, **headers: str) -> Answer:
        """Open a route of Mailward's. Names of headers have `_` for `-`."""
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.send("GET", self.address(route), b"", sent)

    def post(self, route: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        body = urlencode(fields, quote_via=quote).encode()
        return self.send("POST", self.address(route), body, {"Content-Type": FORM})

    def save(self, route: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form with the token that the pages gave for this session."""
        page = self.get("/preferences").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        return self.post(route, [("csrf_token", found[1]), *fields])

    def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send anything to the panel."""
        sent = {**({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        with closing(HTTPConnection(self._place, timeout=90)) as connection:
            connection.request(method, target, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())

    def _keep(self, answer: Answer) -> None:
        said = [v.partition(";")[0] for n, v in answer.headers if n.lower() == "set-cookie"]
        assert len(said) == 2, answer
        self.cookie = "; ".join(said)
        self.session, self.key = (each.partition("=")[2] for each in said)
