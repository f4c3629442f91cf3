"""Fixtures: a browser, pages opened in it, pictures of them.

The browser lives while tests of this package run one after another: not longer, because tests
elsewhere run event loops of their own (see `running_browser`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from tests.core.web.rig import Pages, pages_in
from tests.lab.conftest import available
from tests.pages.browser import Screen, running_browser
from tests.pages.complaints import Complaints
from tests.pages.picture import take_picture
from tests.pages.serving import serving
from tests.pages.shown import WAYS, Shown, showing
from tests.pages.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    OpenPage = Callable[..., Page]
    Screenshot = Callable[[Page, str], Path]

OPENED = pytest.StashKey[list["Page"]]()
FOLDER = pytest.StashKey["Path"]()
"""The pages of a test, and its folder: if it fails, pictures of them are kept there."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser process. A test takes `open_page` instead."""
    with available(), running_browser() as process:
        yield process


@pytest.fixture
def complaints() -> Complaints:
    """What the browser says about this test's pages; `complaints.forgive(...)` what is meant."""
    return Complaints()


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, complaints: Complaints, tmp_path: Path
) -> Iterator[OpenPage]:
    """`open_page(url, width=360, dark=True, ...)`: a page of a new visitor; see `Screen`.

    Further pages of the same visitor: `page.context.new_page()`. After the test the browser must
    have had nothing to complain about.
    """
    opened: list[Page] = []
    request.node.stash[OPENED], request.node.stash[FOLDER] = opened, tmp_path

    def open_one(url: str = "", **screen: Any) -> Page:
        context = Screen(**screen).open(browser)
        complaints.listen(context)
        page = context.new_page()
        opened.append(page)
        if url:
            page.goto(url)
        return page

    yield open_one
    for page in opened:
        page.context.close()
    left = complaints.left()
    assert not left, "the browser complains\n" + "\n".join(left)


@pytest.fixture
def screenshot(tmp_path: Path) -> Screenshot:
    """`screenshot(page, name)`: a PNG of the whole page among the test's own files."""

    def take(page: Page, name: str) -> Path:
        file = tmp_path / f"{name}.png"
        take_picture(page, file)
        return file

    return take


@pytest.fixture
def site() -> Iterator[Site]:
    """An empty site on loopback; `site.page(body)` puts a page there."""
    empty = Site()
    with serving(empty) as empty.address:
        yield empty


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """Mailward's pages on a store of their own, with the people and domains of their own tests."""
    with pages_in(tmp_path / "mailward") as found:
        yield found


@pytest.fixture(params=WAYS)
def shown(request: pytest.FixtureRequest, pages: Pages, open_page: OpenPage) -> Iterator[Shown]:
    """The pages in every way that they are shown: a test that takes this runs once for each.

    `@pytest.mark.parametrize("shown", ["alone"], indirect=True)` narrows that.
    """
    with showing(pages, request.param, open_page) as ready:
        yield ready


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails says where pictures of its pages are."""
    report = yield
    if report.when == "call" and report.failed and OPENED in item.stash:
        folder, opened = item.stash[FOLDER], item.stash[OPENED]
        for number, page in enumerate(opened):
            _show(report, page, folder / f"failed-{number}.png")
    return report


def _show(report: pytest.TestReport, page: Page, file: Path) -> None:
    try:
        page.screenshot(path=file, full_page=True)
        said = f"{page.url}\n{file}"
    except Error as error:  # the page may be what is broken
        said = f"{page.url}\nno picture: {error.message}"
    report.sections.append(("page", said))
