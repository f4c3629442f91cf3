"""Somebody in WHM or cPanel without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode, urlsplit

from tests.contract.panel_session import FORM, Answer, BareSession
from tests.cpanel.double.cpsrvd import PASSWORD

if TYPE_CHECKING:
    from tests.cpanel.double.cpsrvd import Cpsrvd

__all__ = ["FORM", "Answer", "PanelSession"]

WHM, JUPITER = "/cgi/mailward/mailward.cgi", "/frontend/jupiter/mailward/page.cgi"
AROUND = "/frontend/jupiter/mailward/index.live.pl"
"""Jupiter's page around the frame; WHM's is the same script without a route."""


class PanelSession(BareSession):
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
        super().__init__(panel.whm if self.is_whm else panel.cpanel)
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

    def around(self) -> Answer:
        """The panel's page with the frame."""
        return self.send("GET", self.prefix if self.is_whm else self.token + AROUND)
