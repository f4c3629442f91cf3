"""The manual's pictures: each of the right person, size and theme, and small together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.pages import screenshots
from tests.pages.browser import NARROW, WIDE
from tests.pages.screenshots import SHOTS, Shot, doors_in, everywhere, main, take

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.pages.site import Site

KEY = "http://127.0.0.1:8080/enter?key=WyJhZG1pbiJd.x-Y_z"


@pytest.fixture
def doors(site: Site) -> dict[str, str]:
    """A site in whose pages people come by two doors."""
    for name in ("administrator", "customer"):
        site.page(f"Welcome, {name}", path=f"/{name}/enter")
    site.page("<p>The page</p>", path="/administrator/log")
    return {name: f"{site.address}/{name}/enter?key=1" for name in ("administrator", "customer")}


def test_the_demos_addresses_are_found_in_what_it_prints() -> None:
    said = (
        f"   administrator:\n{KEY}\n   reseller:\n{KEY}1\n   customer:\n{KEY}2\n   other:\nhttp://x"
    )
    found = {"administrator": KEY, "reseller": f"{KEY}1", "customer": f"{KEY}2"}
    assert doors_in(said) == found


def test_no_picture_overwrites_another() -> None:
    assert len({shot.file for shot in SHOTS}) == len(SHOTS)
    assert [shot.file for shot in everywhere("log", "customer", "/log")] == [
        "log-1600-light.png",
        "log-1600-dark.png",
        "log-360-light.png",
        "log-360-dark.png",
    ]


@pytest.mark.lab
def test_pictures_are_taken_as_the_list_says(
    browser: Browser, site: Site, doors: dict[str, str], tmp_path: Path
) -> None:
    shots = [
        Shot("log", "administrator", "/log"),
        Shot("log", "administrator", "/log", NARROW, dark=True),
    ]
    assert take(browser, shots, doors, tmp_path) == []
    widths = [int.from_bytes((tmp_path / shot.file).read_bytes()[16:20]) for shot in shots]
    assert widths == [WIDE, NARROW]
    paths = [request.path for request in site.asked if "favicon" not in request.path]
    assert paths == ["/administrator/enter", "/administrator/log"] * 2


@pytest.mark.lab
def test_a_page_that_is_missing_and_too_many_octets_are_said(
    browser: Browser, doors: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "BUDGET", 10)
    wrong = take(browser, [Shot("gone", "customer", "/gone")], doors, tmp_path)
    assert "status of 404" in wrong[0]
    assert "more than 10 octets together: gone-1600-light.png" in wrong[-1]


def test_a_page_that_nobody_listed_is_refused_before_anything_runs() -> None:
    done = CliRunner().invoke(main, ["nothing"])
    assert done.exit_code == 2
    assert "no such page: nothing" in done.output
