"""The steps that parsers share."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.sources.feeds.feed import (
    day_of,
    read_json,
    read_listed_prefixes,
    read_prefixes,
    read_text,
)


def test_one_wrong_prefix_spoils_a_generated_document() -> None:
    with pytest.raises(DataError, match="'nonsense' is not an address"):
        read_prefixes(["8.8.8.0/24", "nonsense"])


@pytest.mark.parametrize(("wrong", "accepted"), [(0, True), (2, True), (3, False)])
def test_one_wrong_line_in_ten_is_forgiven(wrong: int, accepted: bool) -> None:
    lines = ["8.8.8.0/24"] * 20 + ["nonsense"] * wrong
    if accepted:
        assert len(read_listed_prefixes(lines)) == 20
    else:
        with pytest.raises(DataError, match="3 of 23 lines"):
            read_listed_prefixes(lines)


def test_json_of_another_shape_is_refused() -> None:
    with pytest.raises(DataError, match="unexpected content"):
        read_json(b"{}", list[int])


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(DataError, match="unexpected content"):
        read_text(b"\xff\xfe")


def test_the_day_of_a_time_is_that_of_utc() -> None:
    assert day_of(0) == "1970-01-01"
    assert day_of(86_399) == "1970-01-01"
    assert day_of(86_400) == "1970-01-02"
