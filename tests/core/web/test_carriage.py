"""What happens to a request before Flask sees it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from core.panel import MailDomain
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


@pytest.mark.parametrize("parameter", ["", "route"])
def test_names_in_any_script_arrive_in_the_path_and_in_the_parameter(
    pages: Pages, parameter: str
) -> None:
    """D8: PATH_INFO holds octets; letters beyond Latin-1 in it would break the request."""
    name = "почта-müller.example"
    pages.panel.listed = [MailDomain(name, "anna", "rita", True, ())]
    anna = pages.visitor("customer", "anna", prefix="/panel", parameter=parameter)
    path = f"/domains/{quote(name)}"
    answer = (
        anna.get("/panel", route=f"/domains/{name}") if parameter else anna.get(f"/panel{path}")
    )
    assert answer.status_code == 200
    assert name in answer.text
