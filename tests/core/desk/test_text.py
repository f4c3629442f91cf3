"""Text from outside is shown, and commands nobody."""

from __future__ import annotations

import pytest

from core.desk.text import counted, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Büro 日本", "Büro 日本"), ("a\x1b[2Jb\n", "a\\x1b[2Jb\\n"), ("\u202e", "\\u202e")],
)
def test_what_would_not_show_as_itself_is_escaped(text: str, shown: str) -> None:
    """E22: a login name with a control sequence."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (1, ("problem",), "1 problem"),
        (0, ("problem",), "0 problems"),
        (20_000, ("entry", "entries"), "20,000 entries"),
    ],
)
def test_numbers_have_their_noun(count: int, words: tuple[str, ...], said: str) -> None:
    """One is not many."""
    assert counted(count, *words) == said
