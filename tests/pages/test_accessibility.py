"""axe-core is really asked, under a strict policy, and its answer can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.accessibility import assert_accessible, barriers

if TYPE_CHECKING:
    from tests.pages.conftest import OpenPage
    from tests.pages.site import Site

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<input name="limit">', "label"),
        ('<a href="/"><img src="/favicon.ico"></a>', "image-alt"),
        ("<button></button>", "button-name"),
    ],
)
def test_a_barrier_fails_with_its_place_and_reason(
    open_page: OpenPage, site: Site, body: str, rule: str
) -> None:
    page = open_page(site.page(body))
    with pytest.raises(AssertionError) as failed:
        assert_accessible(page)
    text = str(failed.value)
    assert f"{rule} (critical)" in text
    assert site.address in text
    assert body.split(maxsplit=1)[0].strip("<>") in text


def test_a_plain_page_is_open_to_everybody(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.page('<label>Limit <input name="limit"></label>'))
    assert_accessible(page)


def test_advice_is_no_failure(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.page("<h4>A step is missing</h4>"))
    assert_accessible(page)
    [advice] = barriers(page, impacts={"minor", "moderate"})
    assert advice.startswith("heading-order (moderate)")


def test_what_is_not_ours_can_be_left_out(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.page('<button></button><div id="ours"><b>fine</b></div>'))
    assert_accessible(page, "#ours")
    with pytest.raises(AssertionError, match="button-name"):
        assert_accessible(page)


def test_a_frame_is_asked_by_itself(open_page: OpenPage, site: Site) -> None:
    site.page('<input name="limit">', path="/framed")
    page = open_page(site.page('<iframe src="/framed" title="Limits"></iframe>'))
    assert_accessible(page)
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page.frames[1])
