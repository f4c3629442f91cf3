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
    ],
)
def test_what_does_not_exist_cannot_be_chosen(pages: Pages, fields: dict[str, str]) -> None:
    assert pages.admin.post("/preferences", fields).status_code == 400


def test_message_is_in_the_language_just_chosen(pages: Pages) -> None:
    answer = pages.admin.post("/preferences", language="de", zone="", theme="")
    assert '<html lang="de"' in pages.admin.follow(answer).text
