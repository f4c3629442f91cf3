"""Lists of other programs' are read as these write them, whatever customers have put in."""

from __future__ import annotations

import pytest

from core.system.pairs import lines, pairs


@pytest.mark.parametrize(
    ("text", "sign", "found"),
    [
        ("A=1\nB = 2 \r\n", "=", {"A": "1", "B": "2"}),
        ("a.test: anna\n*: nobody\n", ":", {"a.test": "anna", "*": "nobody"}),
        ("# A=1\n #B=2\n=3\nC\n\nD=a=b", "=", {"D": "a=b"}),
        ("A=1\nA=2\n", "=", {"A": "1"}),
        ("", "=", {}),
    ],
)
def test_pairs(text: str, sign: str, found: dict[str, str]) -> None:
    assert pairs(text, sign) == found


@pytest.mark.parametrize("letter", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\r"])
def test_only_a_newline_ends_a_line(letter: str) -> None:
    """E4: a customer's own words, such as a name or an address, hold no further line."""
    text = f"CONTACT=a{letter}OWNER=root\nOWNER=rita\n"
    assert pairs(text)["OWNER"] == "rita"
    assert len(lines(text)) == 2
