"""Somebody in DirectAdmin without a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from tests.contract.panel_session import FORM, Answer, BareSession
from tests.directadmin.double.da_plugins import PASSWORD

if TYPE_CHECKING:
    from tests.directadmin.double.da_web import DirectAdminWeb

__all__ = ["FORM", "PLACES", "PanelSession"]

PLACES = {
    "admin": "/CMD_PLUGINS_ADMIN/mailward",
    "reseller": "/CMD_PLUGINS_RESELLER/mailward",
    "user": "/CMD_PLUGINS/mailward",
}


class PanelSession(BareSession):
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
        super().__init__(panel.address)
        form = urlencode({"username": login, "password": PASSWORD}).encode()
        self._keep(self.send("POST", "/CMD_LOGIN", form, {"Content-Type": FORM}))
        self.place = PLACES[level or panel.kind(login)]

    def log_in_as(self, user: str) -> None:
        """Be one of one's users from now on, at the user's level."""
        self._keep(self.send("GET", f"/CMD_LOGIN_AS?user={user}"))
        self.place = PLACES["user"]

    def address(self, route: str) -> str:
        """Where a route of Mailward's is: path, and query if it has one."""
        path, _, query = route.partition("?")
        return f"{self.place}/index.raw?r={quote(path, safe='/%')}" + (f"&{query}" if query else "")

    def save(self, route: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form with the token that the pages gave for this session."""
        page = self.get("/preferences").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        return self.post(route, [("csrf_token", found[1]), *fields])

    def _keep(self, answer: Answer) -> None:
        said = [v.partition(";")[0] for n, v in answer.headers if n.lower() == "set-cookie"]
        assert len(said) == 2, answer
        self.cookie = "; ".join(said)
        self.session, self.key = (each.partition("=")[2] for each in said)
