"""Changes are believed by the token of a form that was shown to the same person."""

from __future__ import annotations

import time

import pytest

from core.panel import Role
from core.web.csrf import SECONDS
from tests.core.web.rig import Pages


def _send(pages: Pages, token: str, by: str = "root", session: str = "") -> int:
    browser = pages.visitor(Role.ADMIN, by, session=session)
    body = f"csrf_token={token}&language=&zone=&theme=dark".encode()
    return browser.send("POST", "/preferences", body).status_code


def test_own_token_is_believed(pages: Pages) -> None:
    """E22"""
    assert _send(pages, pages.admin.token()) == 303


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "%00", "W10.Z.Z"])
def test_without_a_token_of_ours_nothing_changes(pages: Pages, token: str) -> None:
    assert _send(pages, token) == 400
    assert 'data-theme="auto"' in pages.admin.get("/preferences").text


def test_token_of_somebody_else_is_refused(pages: Pages) -> None:
    assert _send(pages, pages.visitor(Role.ADMIN, "other").token()) == 400


def test_token_of_another_session_is_refused(pages: Pages) -> None:
    token = pages.visitor(Role.ADMIN, "root", session="one").token()
    assert _send(pages, token, session="one") == 303
    assert _send(pages, token, session="two") == 400


def test_token_ends_after_half_a_day(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    token = pages.admin.token()
    present = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: present + SECONDS + 60)
    assert _send(pages, token) == 400


def test_every_changing_route_asks_for_a_token(pages: Pages) -> None:
    from core.web.access import access_of

    for rule in pages.app.url_map.iter_rules():
        changes = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        if changes and not rule.rule.startswith("/api/"):
            assert access_of(pages.app, rule.endpoint).form, rule
