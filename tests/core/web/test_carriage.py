"""What happens to a request before Flask sees it."""

from __future__ import annotations

import pytest

from core.web.bridge import SIGNATURE, VIEWER
from core.web.carriage import LARGEST_BODY
from tests.core.web.rig import Pages


def test_unsigned_claim_lets_nobody_in(pages: Pages) -> None:
    """E22: a header that a local user could send."""
    answer = pages.stranger.get("/dashboard", headers={VIEWER: "eyJyb2xlIjoiYWRtaW4ifQ=="})
    assert answer.status_code == 403
    assert "not believed" in answer.text


def test_signature_without_a_claim_lets_nobody_in(pages: Pages) -> None:
    header = {SIGNATURE: f"t=1,n={'a' * 20},s={'0' * 64}"}
    assert pages.stranger.get("/dashboard", headers=header).status_code == 403


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Prefix", "X-Script-Name", "Script-Name", "X-Forwarded-Host"]
)
def test_headers_of_proxies_move_no_address(pages: Pages, header: str) -> None:
    answer = pages.admin.send("GET", "/preferences", headers={header: "/wicked-place"})
    assert "wicked-place" not in answer.text


def test_too_large_a_body_is_refused_before_it_is_read(pages: Pages) -> None:
    answer = pages.admin.send("POST", "/preferences", b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413


def test_post_arrives_whole_through_the_bridge(pages: Pages) -> None:
    assert (
        pages.admin.post("/preferences", zone="Asia/Tokyo", language="", theme="").status_code
        == 303
    )
    assert "<option selected>Asia/Tokyo</option>" in pages.admin.get("/preferences").text
