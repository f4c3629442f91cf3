"""The audit trail: found, paged, taken back (E21)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from core.web.pages.system_audit import SIZE
from tests.core.web.rig import Pages

SERVER = ("server", "")
ALPHA = ("domain", "alpha.example")
NOON = 1_800_000_000.0
"""2027-01-15 08:00 UTC."""


def _set(
    pages: Pages, scope: tuple[str, str] = SERVER, at: float = NOON, who: str = "x", **values: Any
) -> list[int]:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    return pages.parts.store.settings.change(scope, named, who, at, "because")


def _text(pages: Pages, **query: Any) -> str:
    visitor = pages.visitor("admin", "root", zone="UTC")
    answer = visitor.get("/system/audit", **query)
    assert answer.status_code == 200
    return unescape(answer.text)


def _shown(text: str) -> int:
    return text.count("mwsy-change")


def test_empty_trail_says_what_will_stand_there(pages: Pages) -> None:
    assert "Nobody has changed anything yet" in _text(pages)
    _set(pages, send_limit=1)
    assert "No change fits." in _text(pages, who="nobody")


def test_change_tells_who_what_where_and_why(pages: Pages) -> None:
    _set(pages, ALPHA, who="anna <b>", country_mode="allow")
    answer = pages.admin.get("/system/audit").text
    assert "anna &lt;b&gt;" in answer
    text = unescape(answer)
    for word in ("Country rule", "domain alpha.example", "not set", "“because”"):
        assert word in text
    assert "allow only the countries listed" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"who": "y"}, 1),
        ({"name": "send.limit"}, 2),
        ({"scope": "server"}, 2),
        ({"scope": "alpha.example"}, 1),
        ({"scope": "Bob@alpha.example"}, 0),
        ({"since": "2027-01-16"}, 1),
        ({"until": "2027-01-15"}, 2),
        ({"since": "2027-01-15", "until": "2027-01-16", "name": "send.limit"}, 2),
    ],
)
def test_search(pages: Pages, query: dict[str, str], count: int) -> None:
    _set(pages, send_limit=1)
    _set(pages, ALPHA, who="y", country_mode="allow", at=NOON + 1)
    _set(pages, send_limit=2, at=NOON + 86_400)
    assert _shown(_text(pages, **query)) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"name": "no.such"}, "name"),
        ({"scope": "two words"}, "scope"),
        ({"since": "yesterday"}, "since"),
        ({"until": "9999-12-31"}, "until"),
    ],
)
def test_what_cannot_be_searched_for_is_told_beside_its_field(
    pages: Pages, query: dict[str, str], field: str
) -> None:
    _set(pages, send_limit=1)
    text = _text(pages, **query)
    assert f'id="{field}-fault"' in text
    assert _shown(text) == 1


def test_pages(pages: Pages) -> None:
    for number in range(SIZE + 10):
        _set(pages, at=NOON + number, send_limit=number + 1)
    first = _text(pages, name="send.limit")
    assert _shown(first) == SIZE
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = pages.admin.get(older[1]).text
    assert _shown(second) == 10
    assert 'rel="next"' not in second
    assert "name=send.limit" in second
    for odd in ("x", "-1", "9" * 30):
        assert _shown(_text(pages, before=odd)) == SIZE


def test_one_change_is_taken_back(pages: Pages) -> None:
    _set(pages, send_limit=1)
    second = _set(pages, at=NOON + 1, send_limit=2)
    text = _text(pages)
    assert text.count('action="/system/audit/undo"') == 1  # the older one was changed since
    answer = pages.admin.post("/system/audit/undo", number=second[0])
    assert "1 change taken back." in pages.admin.follow(answer).text
    assert pages.parts.store.settings.all()[SERVER] == {"send.limit": 1}


def test_changes_made_together_are_taken_back_together(pages: Pages) -> None:
    numbers = _set(pages, send_limit=1, send_seconds=60, country_mode="allow")
    assert "3 changes" in _text(pages)
    answer = pages.admin.post("/system/audit/undo", number=numbers[0], all="1")
    assert "3 changes taken back." in pages.admin.follow(answer).text
    assert pages.parts.store.settings.all() == {}


def test_change_that_was_followed_by_another_stays(pages: Pages) -> None:
    numbers = _set(pages, send_limit=1, send_seconds=60)
    _set(pages, at=NOON + 1, send_limit=2)
    for all_ in ("0", "1"):
        number = min(numbers)
        answer = pages.admin.post("/system/audit/undo", number=number, all=all_)
        if "Nothing was taken back" in pages.admin.follow(answer).text:
            break
    else:
        pytest.fail("something was taken back")
    assert pages.parts.store.settings.all()[SERVER]["send.limit"] == 2


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_nonsense_is_refused(pages: Pages, number: str) -> None:
    assert pages.admin.post("/system/audit/undo", number=number).status_code == 400


def test_change_that_is_not_there_is_told(pages: Pages) -> None:
    answer = pages.admin.post("/system/audit/undo", number="77")
    assert "there is no change number 77" in pages.admin.follow(answer).text
