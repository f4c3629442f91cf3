"""Which part of a list an address asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.paging import Sheet, before, sheet


@pytest.mark.parametrize(
    ("wanted", "items", "number"),
    [
        ("1", (1, 2), 1),
        ("2", (3, 4), 2),
        ("3", (5,), 3),
        ("4", (5,), 3),
        ("0", (1, 2), 1),
        ("-1", (1, 2), 1),
        ("", (1, 2), 1),
        ("two", (1, 2), 1),
        ("٢", (1, 2), 1),
        ("9" * 400, (1, 2), 1),
    ],
)
def test_the_page_that_is_asked_for(wanted: str, items: tuple[int, ...], number: int) -> None:
    found = sheet([1, 2, 3, 4, 5], wanted, 2)
    assert (found.items, found.number, found.last, found.total) == (items, number, 3, 5)


def test_an_empty_list_has_one_empty_page() -> None:
    found: Sheet[int] = sheet([], "7", 2)
    assert (found.items, found.number, found.last, found.first) == ((), 1, 1, 0)


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_the_pages_together_are_the_list(items: list[int], size: int) -> None:
    last = sheet(items, "1", size).last
    pages = [sheet(items, str(number), size) for number in range(1, last + 1)]
    assert [item for page in pages for item in page.items] == items


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("17", 17),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("two", None),
        ("\N{ARABIC-INDIC DIGIT TWO}", None),
        ("9" * 17, 99999999999999999),
        ("9" * 18, None),
    ],
)
def test_where_an_older_page_begins(asked: str, number: int | None) -> None:
    """What no id of a database can be means the first page."""
    assert before(asked) == number
