"""What programs send is read, and what is wrong with it is told exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from core.web.api.operation import Empty
from core.web.api.reading import Unreadable, read_body, read_query
from core.web.api.shapes import EventQuery, SettingChange


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a test."""

    words: tuple[str, ...] = ()
    number: int | None = None
    truth: bool = False


@pytest.mark.parametrize(
    ("given_pairs", "expected"),
    [
        ([], Query()),
        ([("words", "a"), ("words", "b")], Query(words=("a", "b"))),
        ([("number", "7"), ("truth", "true")], Query(number=7, truth=True)),
        ([("truth", "0")], Query()),
    ],
)
def test_queries(given_pairs: list[tuple[str, str]], expected: Query) -> None:
    assert read_query(Query, MultiDict(given_pairs)) == expected


@pytest.mark.parametrize(
    ("given_pairs", "field"),
    [
        ([("other", "1")], "other"),
        ([("number", "1"), ("number", "2")], "number"),
        ([("number", "x")], "number"),
        ([("truth", "maybe")], "truth"),
    ],
)
def test_bad_queries_name_the_parameter(given_pairs: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_query(Query, MultiDict(given_pairs))
    assert error.value.failure.field == field


def _said(read: Callable[[], Any]) -> str:
    """What is read, as JSON; else what is wrong with it."""
    try:
        return msgspec.json.encode(read()).decode()
    except Unreadable as error:
        return error.failure.error


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(payload: bytes) -> None:
    assert _said(lambda: read_body(SettingChange, payload))


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
def test_any_query_is_read_or_refused(pairs: dict[str, str]) -> None:
    assert _said(lambda: read_query(EventQuery, MultiDict(pairs)))


def test_no_body_is_an_empty_one() -> None:
    assert read_body(Empty, b"") == Empty()
