"""Answers that go wrong carry the same headers as those that go well."""

from __future__ import annotations

import pytest

from core.web.headers import POLICY
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    "path", ["/preferences", "/nothing", "/static/app.css", "/static/none.css"]
)
def test_every_answer_has_them(pages: Pages, path: str) -> None:
    answer = pages.admin.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_missing_asset_with_a_version_is_not_kept(pages: Pages) -> None:
    assert pages.admin.get("/static/none.css", v="1").headers["Cache-Control"] == "no-store"
