"""Bootstrap inside a panel's page holds for our own element only."""

from __future__ import annotations

import pytest

from core.web.scoped_sheet import scoped, scoped_sheet
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        (":root,[data-x]{a:b}", ":scope,[data-x]{a:b}"),
        (
            "[data-bs-theme=dark] .x{a:b}",
            ":is(:scope,:scope *)[data-bs-theme=dark] .x{a:b}",
        ),
        ("x{}body{margin:0}", "x{}:scope{margin:0}"),
        ("x{}body,html{a:b}", "x{}:scope,html{a:b}"),
        (".card-body{a:b}.text-body{c:d}", ".card-body{a:b}.text-body{c:d}"),
        ('@charset "UTF-8";a{}', "a{}"),
    ],
)
def test_rules_for_the_page_become_rules_for_the_element(sheet: str, expected: str) -> None:
    assert scoped(sheet) == expected


def test_whole_sheet_is_one_scope() -> None:
    sheet = scoped_sheet()
    assert sheet.startswith("@scope (.mw-body) {")
    assert ":root" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_only_the_layout_for_bodies_asks_for_it(pages: Pages) -> None:
    for layout in ("page", "frame", "body"):
        text = pages.visitor("admin", "root", layout=layout).get("/preferences").text
        assert ("/body.css" in text) is (layout == "body")
        assert ("bootstrap.min.css" in text) is (layout != "body")
    answer = pages.stranger.get("/body.css?v=1")
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
