"""Every issued key is written down before anybody sees it, and no number is used twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.core.licence.vendor_keys import licence_key
from vendor.register import Entry, RegisterError, add, entry, read


def made(number: int) -> Entry:
    """An entry."""
    return entry(licence_key(number=number), "0a0b0c0d", f"text {number}")


def test_keys_are_numbered(tmp_path: Path) -> None:
    """From one on."""
    book = tmp_path / "issued"
    assert read(book) == []
    assert [add(book, made).number for _ in range(3)] == [1, 2, 3]
    assert read(book) == [made(1), made(2), made(3)]
    assert stat.S_IMODE(book.stat().st_mode) == 0o600


def test_numbers_go_on_after_a_gap(tmp_path: Path) -> None:
    """From the largest, not from the count."""
    book = tmp_path / "issued"
    add(book, lambda _: made(41))
    assert add(book, made).number == 42


@pytest.mark.parametrize("content", [b"{", b"{}\n", b"\n", b"\xff\n"])
def test_a_damaged_register_issues_nothing(tmp_path: Path, content: bytes) -> None:
    """A number might be used twice."""
    book = tmp_path / "issued"
    book.write_bytes(content)
    with pytest.raises(RegisterError, match="line 1 is damaged"):
        add(book, made)
    with pytest.raises(RegisterError, match="line 1 is damaged"):
        read(book)
    assert book.read_bytes() == content


def test_a_key_that_cannot_be_made_leaves_no_entry(tmp_path: Path) -> None:
    """Its number is free."""

    def broken(_: int) -> Entry:
        raise KeyError

    book = tmp_path / "issued"
    add(book, made)
    with pytest.raises(KeyError):
        add(book, broken)
    assert add(book, made).number == 2


def test_says_why_it_cannot_be_used(tmp_path: Path) -> None:
    """A folder in its place."""
    with pytest.raises(RegisterError, match="Is a directory"):
        add(tmp_path, made)
    with pytest.raises(RegisterError, match="Is a directory"):
        read(tmp_path)
