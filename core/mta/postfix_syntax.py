"""The syntax that main.cf and master.cf share: logical lines, comments, words, braces.

Keeps offsets into the text, so that an edit touches nothing but the word it means. What the words
mean is for `main_cf` and `master_cf`. Source: postconf(5), "main.cf file format"; master(5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """The part of a logical line that stands on one physical line, without the newline."""

    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """A word and where it stands; something in braces is one word."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class LogicalLine:
    """A line that begins at the margin, and the indented lines behind it, comments left out."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where its last piece ends."""
        return self.pieces[-1].end


def logical_lines(text: str) -> list[LogicalLine]:
    """The logical lines of a file, in order.

    Blank lines and lines whose first visible character is `#` are ignored, also between the pieces
    of one logical line.
    """
    found: list[list[Piece]] = []
    start = 0
    for line in text.split("\n"):
        piece, start = Piece(start, start + len(line)), start + len(line) + 1
        visible = line.strip()
        if not visible or visible.startswith("#"):
            continue
        if line[0].isspace():
            if found:
                found[-1].append(piece)
        else:
            found.append([piece])
    return [LogicalLine(tuple(pieces)) for pieces in found]


def words(text: str, pieces: Iterable[Piece], separators: str = " \t\r,") -> list[Word]:
    """The words of some pieces, in order.

    Args:
        separators: characters between words; the end of a piece always is one outside braces.
    """
    found: list[Word] = []
    start, depth = -1, 0
    end = 0
    for piece in pieces:
        for at in range(piece.start, piece.end):
            character = text[at]
            if depth == 0 and character in separators:
                if start >= 0:
                    found.append(Word(text[start:at], start, at))
                start = -1
                continue
            if start < 0:
                start = at
            depth = max(0, depth + (character == "{") - (character == "}"))
            end = at + 1
        if start >= 0 and depth == 0:
            found.append(Word(text[start:end], start, end))
            start = -1
    if start >= 0:
        found.append(Word(text[start:end], start, end))
    return found


def split(value: str) -> list[str]:
    """The words of a list in one value."""
    return [word.text for word in words(value, [Piece(0, len(value))], " \t\r\n,")]


def one_line(text: str, pieces: Iterable[Piece]) -> str:
    """The pieces joined by single blanks."""
    return " ".join(text[piece.start : piece.end].strip() for piece in pieces).strip()
