"""A key's text survives what happens to text, and a slip is told from a forgery."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LicenceError
from core.licence import key_text

SOME = bytes(range(100))
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(st.binary(min_size=1, max_size=300))
def test_what_is_written_is_read(data: bytes) -> None:
    """E10: of every length."""
    assert key_text.read(key_text.write(data)) == data


MANGLED: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "lower case": str.lower,
    "one line": lambda text: text.replace("\n", ""),
    "blanks for dashes": lambda text: text.replace("-", " "),
    "no groups": lambda text: text.replace("-", "").replace("\n", ""),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "quoted in a mail": lambda text: "> " + text.replace("\n", "\n> "),
    "other dashes": lambda text: text.replace("-", "\u2013"),
    "soft line breaks of mail": lambda text: text.replace("\n", "=\n"),
    "invisible blanks": lambda text: text.replace("-", "\u200b-\u00a0"),
    "wide letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in text),
    "O for zero": lambda text: text.replace("0", "O"),
    "small o for zero": lambda text: text.replace("0", "o"),
    "I for one": lambda text: text.replace("1", "I"),
    "small l for one": lambda text: text.replace("1", "l"),
    "U for V": lambda text: text.replace("V", "u"),
    "quoted": lambda text: f'  "{text}"\n\n',
}


@pytest.mark.parametrize("how", MANGLED)
@given(data=st.binary(min_size=1, max_size=150))
def test_survives_mail_and_forms(how: str, data: bytes) -> None:
    """E10: a key is sent by mail, pasted into forms, read out on the telephone."""
    assert key_text.read(MANGLED[how](key_text.write(data))) == data


def test_lines_fit_into_a_mail() -> None:
    """RFC 5322 2.1.1 recommends 78 characters; quoting adds some."""
    lines = key_text.write(SOME).splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 60


@given(st.integers(0, 400), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_noticed(place: int, other: str) -> None:
    """A slip of the pen, anywhere."""
    letters = list(key_text.write(SOME))
    places = [i for i, letter in enumerate(letters) if letter.isalnum()]
    at = places[place % len(places)]
    if letters[at] == other:
        return
    letters[at] = other
    with pytest.raises(LicenceError, match=r"wrong or missing|begins with MW1"):
        key_text.read("".join(letters))


@given(st.integers(3, 160))
def test_swapped_letters_are_noticed(place: int) -> None:
    """The commonest slip of all."""
    letters = [letter for letter in key_text.write(SOME) if letter.isalnum()]
    at = min(place, len(letters) - 2)
    if letters[at] == letters[at + 1]:
        return
    letters[at], letters[at + 1] = letters[at + 1], letters[at]
    with pytest.raises(LicenceError, match="wrong or missing"):
        key_text.read("".join(letters))


WHOLE = key_text.write(SOME)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with MW1"),
        ("-- \n", "begins with MW1"),
        ("EXT.12345678", "begins with MW1"),
        ("MW1", "wrong or missing"),
        ("MW1-00000-00", "wrong or missing"),
        (WHOLE[:-1], "wrong or missing"),
        (WHOLE + "0", "wrong or missing"),
        (WHOLE + "00000000", "wrong or missing"),
        (WHOLE.replace("\n", "\nÄ"), "no letter Ä"),
        (WHOLE + "\n" + WHOLE, "wrong or missing|no letter"),
        ("MW1-" + "0" * 9000, "too long"),
    ],
)
def test_says_what_is_wrong(text: str, said: str) -> None:
    """E10: in words that help."""
    with pytest.raises(LicenceError, match=said):
        key_text.read(text)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is pasted into the form."""
    with suppress(LicenceError):
        assert key_text.read(text)
