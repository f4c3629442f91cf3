"""Who is asking: a bridge, a link's cookie, or what the panel can tell, in this order."""

from __future__ import annotations

import os
import socket
from types import SimpleNamespace

from core.panel import Role, Viewer
from core.web.identity import visit_of
from core.web.links import COOKIE, make_key
from tests.core.web.rig import SECRET, Pages


def test_bridge_comes_before_a_cookie(pages: Pages) -> None:
    """E22: a customer who also has an administrator's cookie stays a customer in the panel."""
    key = make_key(SECRET, Viewer(Role.ADMIN, "root"), 4e9)
    answer = pages.customer.send("GET", "/security", headers={"Cookie": f"{COOKIE}={key}"})
    assert answer.status_code == 403


def test_cookie_of_a_link_is_believed(pages: Pages) -> None:
    client = pages.stranger
    client.set_cookie(COOKIE, make_key(SECRET, Viewer(Role.CUSTOMER, "anna"), 4e9))
    assert client.get("/").headers["Location"] == "/overview"
    client.set_cookie(COOKIE, make_key("another", Viewer(Role.ADMIN, "root"), 4e9))
    assert client.get("/").status_code == 401


def test_panel_is_asked_last(pages: Pages) -> None:
    pages.panel.known = Viewer(Role.RESELLER, "rita")
    assert pages.stranger.get("/").headers["Location"] == "/overview"


def test_kernel_says_who_is_at_the_other_end_of_a_unix_socket(pages: Pages) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        environ = {"gunicorn.socket": ours, "REMOTE_ADDR": "", "HTTP_COOKIE": "a=b"}
        with pages.app.test_request_context("/", environ_overrides=environ) as context:
            visit = visit_of(context.request)
    assert visit.uid == os.getuid()
    assert visit.cookies == {"a": "b"}


def test_tcp_connection_has_no_user(pages: Pages) -> None:
    fake = SimpleNamespace(family=socket.AF_INET)
    with pages.app.test_request_context(
        "/", environ_overrides={"gunicorn.socket": fake}
    ) as context:
        assert visit_of(context.request).uid is None
