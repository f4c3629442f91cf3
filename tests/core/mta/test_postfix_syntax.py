from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mta.postfix_syntax import Piece, logical_lines, one_line, split, words

TEXT = """\
# comment
a = 1

b = 2,
# comment inside
   3

\t4
c=5"""


def test_lines_that_belong_together_are_one() -> None:
    assert [one_line(TEXT, line.pieces) for line in logical_lines(TEXT)] == [
        "a = 1",
        "b = 2, 3 4",
        "c=5",
    ]


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        ("a,b c\t,d,", ["a", "b", "c", "d"]),
        (", a", ["a"]),
        ("", []),
        (
            "check_policy_service { inet:x, timeout=2s }, b",
            ["check_policy_service", "{ inet:x, timeout=2s }", "b"],
        ),
        ("{ a, { b = c d } } e", ["{ a, { b = c d } }", "e"]),
        ("{ never closed, a", ["{ never closed, a"]),
    ],
)
def test_words_stand_apart_by_commas_or_blanks_but_not_in_braces(
    value: str, listed: list[str]
) -> None:
    assert split(value) == listed


def test_braces_may_span_lines() -> None:
    text = "l = { a,\n  b },\n  c"
    (line,) = logical_lines(text)
    assert [word.text for word in words(text, line.pieces)][2:] == ["{ a,\n  b }", "c"]


@given(st.text(alphabet="a=#, \t\r\n{}$\u2028", max_size=80))
def test_offsets_always_point_at_the_words(text: str) -> None:
    for line in logical_lines(text):
        assert not text[line.start].isspace()
        assert line.start == 0 or text[line.start - 1] == "\n"
        for word in words(text, line.pieces):
            assert word.text == text[word.start : word.end] != ""


@given(st.text(alphabet="ab, {}", max_size=40))
def test_no_visible_character_is_lost(value: str) -> None:
    kept = "".join(word.text for word in words(value, [Piece(0, len(value))]))
    assert [c for c in kept if c in "ab{}"] == [c for c in value if c in "ab{}"]
