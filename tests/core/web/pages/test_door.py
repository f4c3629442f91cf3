"""The door: signed links, and the way to the first page."""

from __future__ import annotations

from core.panel import Role, Viewer
from core.web.links import make_key
from tests.core.web.rig import SECRET, Pages


def test_link_lets_in_and_the_cookie_keeps_it(pages: Pages) -> None:
    client = pages.stranger
    answer = client.get(
        "/enter", query_string={"key": make_key(SECRET, Viewer(Role.ADMIN, "root"), 4e9)}
    )
    assert answer.headers["Location"] == "/dashboard"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/preferences").status_code == 200


def test_link_that_is_over_or_forged_lets_nobody_in(pages: Pages) -> None:
    for key in (make_key(SECRET, Viewer(Role.ADMIN, "root"), 1), "forged", ""):
        answer = pages.stranger.get("/enter", query_string={"key": key})
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
