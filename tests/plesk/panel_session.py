"""Somebody at the double's panel without a browser."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from tests.contract.panel_session import FORM, Answer, BareSession
from tests.plesk.double.server import PASSWORD

__all__ = ["FORM", "PREFIX", "TOKEN", "Answer", "PanelSession"]

PREFIX = "/modules/mailward/index.php/page"
TOKEN = "forgery_protection_token"


class PanelSession(BareSession):
    """A session of somebody's.

    Args:
        address: the panel's.
        login: who.
        locale: the language chosen on the login page.

    Attributes:
        token: what Plesk wants to see in every change.
        page: Plesk's page around the frame.
    """

    def __init__(self, address: str, login: str, locale: str = "en-US") -> None:
        super().__init__(address)
        form = urlencode({"login_name": login, "passwd": PASSWORD, "locale_id": locale})
        answer = self.send("POST", "/login_up.php", form.encode(), {"Content-Type": FORM})
        self.cookie = answer.header("Set-Cookie").partition(";")[0]
        assert self.cookie.startswith("PLESKSESSID="), answer
        self.page = self.send("GET", "/modules/mailward/index.php/index/index")
        found = re.search(rf'id="{TOKEN}" content="([0-9a-f]+)"', self.page.text)
        assert found, self.page
        self.token = found[1]

    def address(self, route: str) -> str:
        """Where a route of Mailward's is: path, and query if it has one."""
        return PREFIX + route

    def post(self, route: str, fields: list[tuple[str, str]], *, token: bool = True) -> Answer:
        """Send a form, as Plesk takes it or without its token."""
        return super().post(route, [*fields, *([(TOKEN, self.token)] if token else [])])
