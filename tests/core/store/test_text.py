"""Text from outside becomes storable and stays itself where it can."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.text import one_line, storable


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("bob@example.test", "bob@example.test"),
        ("jürgen@example.test", "jürgen@example.test"),
        ("a\0b", "a\\x00b"),
        ("ü\0", "ü\\x00"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\udce9"),
        ("", ""),
    ],
)
def test_storable(text: str, stored: str) -> None:
    assert storable(text) == stored


@given(st.text(st.characters(exclude_categories=())))
def test_storable_text_is_utf8_without_nul_and_stays_so(text: str) -> None:
    stored = storable(text)
    assert "\0" not in stored.encode("utf-8").decode("utf-8")
    assert storable(stored) == stored


@given(st.text())
def test_one_line_means_the_same_and_is_one_line(text: str) -> None:
    line = one_line(json.dumps({"detail": text}, ensure_ascii=False))
    assert json.loads(line) == {"detail": text}
    assert len(line.splitlines()) == 1
    assert not any(0x7F <= ord(letter) < 0xA0 for letter in line)
