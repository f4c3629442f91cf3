"""How a visitor likes to read."""

from __future__ import annotations

import pytest

from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "xx", "zone": "", "theme": ""},
        {"language": "", "zone": "Mars/Base", "theme": ""},
        {"language": "", "zone": "", "theme": "neon"},
        {"language": "", "zone": "", "theme": "", "length": "7"},
    ],
)
def test_what_does_not_exist_cannot_be_chosen(pages: Pages, fields: dict[str, str]) -> None:
    assert pages.admin.post("/preferences", fields).status_code == 400


def test_message_is_in_the_language_just_chosen(pages: Pages) -> None:
    answer = pages.admin.post("/preferences", language="de", zone="", theme="")
    assert '<html lang="de"' in pages.admin.follow(answer).text


def test_length_of_the_logs_pages_is_kept(pages: Pages) -> None:
    """D4: for this visitor alone."""
    assert '<option value="50">' in pages.admin.get("/preferences").text
    pages.admin.post("/preferences", language="", zone="", theme="", length="200")
    assert '<option value="200" selected>' in pages.admin.get("/preferences").text
    assert "<option selected>200" in pages.admin.get("/log").text
    assert "<option selected>200" not in pages.customer.get("/log").text


def test_zones_are_places(pages: Pages) -> None:
    """D15: not `Factory` or `Etc/GMT+9`; one that the visitor has already stays."""
    assert "<option>Europe/Berlin" in pages.admin.get("/preferences").text
    assert "Factory" not in pages.admin.get("/preferences").text
    assert "Etc/GMT+9" not in pages.admin.get("/preferences").text
    pages.admin.post("/preferences", language="", zone="Etc/GMT+9", theme="")
    assert "<option selected>Etc/GMT+9" in pages.admin.get("/preferences").text
