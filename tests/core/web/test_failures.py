"""What goes wrong is told, without a trace, and in the JSON interface as JSON."""

from __future__ import annotations

import pytest

from core.errors import DaemonUnreachable, SettingError, StoreError
from core.web.access import EVERYBODY, allow
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (StoreError("the disk is gone"), 503, "the disk is gone"),
        (DaemonUnreachable("nobody answers"), 503, "nobody answers"),
        (SettingError("send.limit: must be at least 1"), 400, "permitted: must be at least 1"),
        (ZeroDivisionError("secret detail"), 500, "under the number"),
    ],
)
def test_errors_become_pages(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, says: str
) -> None:
    @allow(EVERYBODY)
    def broken() -> str:
        raise error

    monkeypatch.setitem(pages.app.view_functions, "preferences.show", broken)
    answer = pages.admin.get("/preferences")
    assert answer.status_code == code
    assert says in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "code"), [("/nothing", 404), ("/preferences/zone", 405), ("/../etc/passwd", 404)]
)
def test_odd_addresses(pages: Pages, path: str, code: int) -> None:
    answer = pages.admin.get(path)
    assert answer.status_code == code
    assert "mw-content" in answer.text


def test_unknown_visitor_learns_how_to_come_in(pages: Pages) -> None:
    answer = pages.stranger.get("/preferences")
    assert answer.status_code == 401
    assert "mailward web link" in answer.text


def test_store_that_is_away_leaves_the_pages_up_and_is_tried_again(pages: Pages) -> None:
    place = pages.config.state / "store.sqlite"
    place.mkdir()
    assert pages.admin.get("/preferences").status_code == 200
    answer = pages.admin.post("/preferences", language="", zone="", theme="dark")
    assert answer.status_code == 503
    assert "guarded as before" in answer.text
    place.rmdir()
    answer = pages.admin.post("/preferences", language="", zone="", theme="dark")
    assert answer.status_code == 303
