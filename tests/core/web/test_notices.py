"""Messages survive a redirect, for the visitor whom they were told."""

from __future__ import annotations

from tests.core.web.rig import Pages


def test_message_is_shown_after_the_redirect_to_the_same_visitor_only(pages: Pages) -> None:
    answer = pages.admin.post("/preferences", language="en", zone="", theme="")
    address = answer.headers["Location"]
    assert "Kept." in pages.admin.get(address).text
    assert "Kept." not in pages.visitor("admin", "other").get(address).text
    assert "Kept." not in pages.admin.get("/preferences").text


def test_nobody_else_can_make_a_page_say_something(pages: Pages) -> None:
    for told in ("x", "W1sieCIsImdvb2QiLFtdXV0.x.y", "%ff", "<script>"):
        answer = pages.admin.get("/preferences", told=told)
        assert answer.status_code == 200
        assert "mw-notice-text" not in answer.text
