"""Whom a request is believed to come from, by the socket at which it arrives."""

from __future__ import annotations

import os
import pwd
import secrets
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from core.errors import VisitRefused
from core.panel import Role, Viewer, Visit
from core.web.app import create_app
from core.web.bridge import Claim, sign
from core.web.links import COOKIE, make_key
from core.web.showing import SHOWING
from tests.core.web.rig import SECRET, Pages

ME = pwd.getpwuid(os.getuid()).pw_name
OTHERS = next(each.pw_name for each in pwd.getpwall() if each.pw_uid != os.getuid())
"""Somebody else who has an account on this machine."""

SHOWN = {SHOWING: "prefix=%2Fpanel&parameter=r&session=abc"}


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    """Our end of a unix socket, with a process of our own user at the other."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        yield ours


class Caller:
    """Somebody at the customers' door.

    Args:
        pages: what is visited.
        connection: our end of theirs.
    """

    def __init__(self, pages: Pages, connection: object) -> None:
        app = create_app(pages.parts, customers=True)
        self._client = Client(app, TestResponse, use_cookies=False)
        self._connection = connection

    def send(
        self, target: str = "/panel?r=/overview", headers: dict[str, str] | None = None
    ) -> TestResponse:
        """A request as it is."""
        path, _, query = target.partition("?")
        environ = {"RAW_URI": target, "gunicorn.socket": self._connection}
        return self._client.open(
            path, query_string=query, headers=headers, environ_overrides=environ, buffered=True
        )

    def signed(self, role: Role, login: str) -> TestResponse:
        """A request with a good signature."""
        claim = Claim(role, login, prefix="/panel", parameter="r")
        at, target = int(time.time()), "/panel?r=/overview"
        headers = sign(SECRET, claim, "GET", target, b"", at, secrets.token_urlsafe(18))
        return self.send(target, headers)


@pytest.fixture
def caller(pages: Pages, connection: socket.socket) -> Caller:
    return Caller(pages, connection)


def _refused(answer: TestResponse, why: str) -> None:
    assert answer.status_code == 403
    assert why in answer.text
    assert answer.content_type.startswith("text/plain")


def test_signature_counts_for_nothing_where_the_kernel_says_somebody_else(caller: Caller) -> None:
    """D3: a claim that was signed for a neighbour, overheard."""
    _refused(caller.signed(Role.CUSTOMER, OTHERS), "does not run as")


def test_login_without_a_user_is_nobody(caller: Caller) -> None:
    for login in ("no-such-user-here", "a\0b", "0", str(os.getuid())):
        _refused(caller.signed(Role.CUSTOMER, login), "no user")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.RESELLER])
def test_nobody_is_more_than_a_customer_there(pages: Pages, caller: Caller, role: Role) -> None:
    """Neither by a good signature, nor because the panel says so."""
    _refused(caller.signed(role, ME), role.value)
    pages.panel.known = Viewer(role, ME)
    _refused(caller.send(headers=SHOWN), role.value)


def test_connection_that_is_no_unix_socket_is_nobody_s(pages: Pages) -> None:
    with socket.socket() as internet:
        for connection in (internet, None):
            _refused(Caller(pages, connection).signed(Role.CUSTOMER, ME), "does not run as")


def test_customer_whose_process_it_is_comes_in(pages: Pages, caller: Caller) -> None:
    assert caller.signed(Role.CUSTOMER, ME).status_code == 200


@pytest.mark.parametrize("path", ["/panel?r=/overview", "/static/app.css", "/enter?key=x", "/no"])
def test_whoever_the_panel_does_not_know_sees_nothing_at_all(caller: Caller, path: str) -> None:
    _refused(caller.send(path), "does not know")
    _refused(caller.send(path, SHOWN), "does not know")


def test_panel_says_why(pages: Pages, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def viewer(_: Visit) -> Viewer:
        raise VisitRefused("the session is over")

    monkeypatch.setattr(pages.panel, "viewer", viewer)
    _refused(caller.send(headers=SHOWN), "the session is over")
    assert pages.stranger.get("/dashboard").status_code == 401


def test_panel_gets_what_the_kernel_says(
    pages: Pages, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Visit] = []

    def viewer(visit: Visit) -> Viewer:
        seen.append(visit)
        return Viewer(Role.CUSTOMER, "anna")

    monkeypatch.setattr(pages.panel, "viewer", viewer)
    answer = caller.send(headers={**SHOWN, "X-Panel-Session": "s1", "Cookie": "a=b"})
    assert answer.status_code == 200
    assert seen[0].uid == os.getuid()
    assert seen[0].headers["x-panel-session"] == "s1"
    assert seen[0].cookies == {"a": "b"}


def test_page_is_shown_as_the_bridge_says(pages: Pages, caller: Caller) -> None:
    pages.panel.known = Viewer(Role.CUSTOMER, "anna")
    answer = caller.send(headers=SHOWN)
    assert answer.status_code == 200
    assert 'href="/panel?r=%2Flog' in answer.text


@pytest.mark.parametrize("said", ["role=admin", "login=carl", "layout=x", "prefix=//evil.example"])
def test_unsigned_header_says_nothing_of_who_it_is(pages: Pages, caller: Caller, said: str) -> None:
    pages.panel.known = Viewer(Role.CUSTOMER, "anna")
    _refused(caller.send(headers={SHOWING: said}), "showing")


def test_links_and_tokens_have_their_place_elsewhere(pages: Pages, caller: Caller) -> None:
    """A stolen administrator's link opens nothing here, not even for a customer."""
    key = make_key(SECRET, Viewer(Role.ADMIN, "root"), 4e9)
    cookie = {"Cookie": f"{COOKIE}={key}"}
    _refused(caller.send("/dashboard", cookie), "does not know")
    pages.panel.known = Viewer(Role.CUSTOMER, "anna")
    assert caller.send("/panel?r=/dashboard", {**SHOWN, **cookie}).status_code == 403
    token = {"Authorization": "Bearer whatever"}
    assert caller.send("/panel?r=/api/v1/me", {**SHOWN, **token}).status_code == 401


def test_own_socket_asks_the_panel_where_nothing_is_signed(pages: Pages) -> None:
    """DirectAdmin's pages for administrators are carried by a user of their own."""
    _refused(pages.stranger.get("/panel?r=/dashboard", headers=SHOWN), "does not know")
    pages.panel.known = Viewer(Role.ADMIN, "admin")
    answer = pages.stranger.get("/panel?r=/dashboard", headers=SHOWN)
    assert answer.status_code == 200
    assert 'href="/panel?r=%2Fsystem' in answer.text


def test_own_socket_lets_a_link_and_the_world_in_as_before(pages: Pages) -> None:
    assert pages.stranger.get("/static/app.css").status_code == 200
    assert pages.stranger.get("/dashboard").status_code == 401


def test_form_of_another_session_is_stale(pages: Pages, connection: socket.socket) -> None:
    pages.panel.known = Viewer(Role.CUSTOMER, "anna")
    client = Client(create_app(pages.parts, customers=True), TestResponse)

    def send(session: str, **form: Any) -> TestResponse:
        return client.open(
            "/panel?r=/preferences",
            method="POST" if form else "GET",
            data=form or None,
            headers={SHOWING: f"prefix=%2Fpanel&parameter=r&session={session}"},
            environ_overrides={"gunicorn.socket": connection},
            buffered=True,
        )

    page = send("one").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "zone": "Asia/Tokyo", "language": "", "theme": ""}
    assert send("two", **fields).status_code == 400
    assert send("one", **fields).status_code == 303
