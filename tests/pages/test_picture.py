"""Pictures show the page, and are small."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.pages.picture import take_picture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.conftest import OpenPage, Screenshot
    from tests.pages.site import Site

pytestmark = pytest.mark.lab

INDEXED = 3
"""PNG's colour type for pictures with a palette."""


def shape(file: Path) -> tuple[int, int, int]:
    """Width, height and colour type, from a PNG's first chunk."""
    header = file.read_bytes()[16:26]
    width, height, _depth, colours = struct.unpack(">IIBB", header)
    return width, height, colours


@pytest.mark.parametrize(("whole", "height"), [(True, 1900), (False, 300)])
def test_the_whole_page_or_what_the_window_shows(
    open_page: OpenPage, site: Site, tmp_path: Path, whole: bool, height: int
) -> None:
    page = open_page(site.page(""), width=200, height=300)
    page.evaluate("document.body.innerHTML = '<svg width=100 height=1900></svg>'")
    page.evaluate("document.body.style.cssText = 'display: grid; margin: 0'")
    take_picture(page, tmp_path / "new/page.png", whole=whole)
    assert shape(tmp_path / "new/page.png") == (200, height, INDEXED)


def test_a_screenshot_is_named_by_the_test(
    open_page: OpenPage, site: Site, screenshot: Screenshot
) -> None:
    file = screenshot(open_page(site.page(""), width=360), "narrow")
    assert file.name == "narrow.png"
    assert shape(file)[0] == 360
