"""A line of ours comes once, keeps what others made of it, and goes without a trace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.system.edits import EditState
from core.system.lines import OwnLine

OURS = OwnLine("mailward", "ON")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", "mailward=ON\n"),
        ("exim=ON\n", "exim=ON\nmailward=ON\n"),
        ("exim=ON", "exim=ON\nmailward=ON"),
        ("mailward=OFF\nexim=ON\n", "mailward=OFF\nexim=ON\n"),
        ("mailward-old=ON\n", "mailward-old=ON\nmailward=ON\n"),
        ("#mailward=ON\n", "#mailward=ON\nmailward=ON\n"),
    ],
)
def test_it_is_added_where_there_is_none(text: str, made: str) -> None:
    """E12: what an administrator made of it stays."""
    assert OURS.apply(text) == made
    assert OURS.apply(made) == made
    assert OURS.state(made) is EditState.PRESENT


def test_it_goes_as_a_whole() -> None:
    """Also with another value, and among lines that came later."""
    assert OURS.revert("a=1\nmailward=OFF\nb=2\n").text == "a=1\nb=2\n"
    assert OURS.revert("mailward=x\nmailward=y\nb=2").text == "b=2"
    assert OURS.revert("mailwardd=ON\n").text == "mailwardd=ON\n"


def test_lists_have_signs_of_their_own() -> None:
    """facts/cpanel.md 8: cPanel's list of services has a colon."""
    ours = OwnLine("mailward", "1", ":")
    assert ours.apply("exim:1\n") == "exim:1\nmailward:1\n"
    assert ours.apply("mailward:0\n") == "mailward:0\n"
    assert ours.apply("mailward=1\n") == "mailward=1\nmailward:1\n"
    assert ours.revert("exim:1\nmailward:0\n").text == "exim:1\n"


LINES = st.lists(st.sampled_from(["exim=ON", "", "mailwardd=ON", "x", "#mailward=ON"]))


@given(LINES, st.booleans())
def test_taken_back_the_file_is_as_it_was(lines: list[str], ended: bool) -> None:
    """Byte for byte, with and without a newline at its end."""
    text = "\n".join(lines) + ("\n" if ended else "")
    assert OURS.state(text) is EditState.ABSENT
    assert OURS.revert(OURS.apply(text)).text == text
