"""main.cf as text: finding a parameter, and one edit, an entry of ours at the head of a list.

Why edits of the text and not `postconf -e`: that command rewrites the file in its own form (a list
over several lines becomes one line) and not atomically, so nothing could be undone byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.mta.postfix_syntax import LogicalLine, Piece, Word, logical_lines, one_line, words
from core.system.blocks import append, cut
from core.system.edits import Edit, EditState, Reverted

_NAME = re.compile(r"([^\s=#][^\s=]*)\s*=")


@dataclass(frozen=True)
class Definition:
    """One `name = value` of a main.cf.

    Attributes:
        name: the parameter.
        line: where it stands.
        value_start: where its value begins, right behind the `=`.
    """

    name: str
    line: LogicalLine
    value_start: int

    def pieces(self) -> tuple[Piece, ...]:
        """Where its value stands."""
        first, *others = self.line.pieces
        return (Piece(self.value_start, first.end), *others)

    def value(self, text: str) -> str:
        """Its value on one line."""
        return one_line(text, self.pieces())

    def words(self, text: str) -> list[Word]:
        """Its value as a list."""
        return words(text, self.pieces())


def definitions(text: str, name: str) -> list[Definition]:
    """All definitions of a parameter; Postfix uses the last one."""
    found = []
    for line in logical_lines(text):
        match = _NAME.match(text, line.start, line.pieces[0].end)
        if match and match.group(1) == name:
            found.append(Definition(name, line, match.end()))
    return found


def value(text: str, name: str) -> str | None:
    """What main.cf says a parameter is, `$` names unexpanded; None when it says nothing."""
    found = definitions(text, name)
    return found[-1].value(text) if found else None


@dataclass(frozen=True)
class ListEntry(Edit):
    """Words of ours at the head of a list parameter; everybody else's words keep their order.

    Attributes:
        name: the parameter.
        entries: the words.
        created: main.cf did not define the parameter before.
        rest: what such a parameter holds by default.
    """

    kind: ClassVar[str] = "main.cf list entry"

    name: str
    entries: tuple[str, ...]
    created: bool = False
    rest: str = ""

    @property
    def key(self) -> str:
        """The parameter."""
        return self.name

    def describe(self) -> str:
        """What it does, for people."""
        return f"{', '.join(self.entries)} first in {self.name}"

    def state(self, text: str) -> EditState:
        """PRESENT when our words come first in the list that counts, and nowhere else."""
        found = [[word.text for word in each.words(text)] for each in definitions(text, self.name)]
        ours = [word for listed in found for word in listed if word in self.entries]
        if not ours:
            return EditState.ABSENT
        first = tuple(found[-1][: len(self.entries)])
        as_wanted = first == self.entries and len(ours) == len(self.entries)
        return EditState.PRESENT if as_wanted else EditState.CHANGED

    def apply(self, text: str) -> str:
        """Put the words first, or the parameter at the end of the file."""
        if self.state(text) is EditState.PRESENT:
            return text
        text = self._without(text)
        found = definitions(text, self.name)
        listed = ", ".join(self.entries)
        if not found:
            rest = f", {self.rest}" if self.rest else ""
            return append(text, f"{self.name} = {listed}{rest}")
        place = found[-1]
        comma = "," if place.words(text) else ""
        at = place.value_start
        return f"{text[:at]} {listed}{comma}{text[at:]}"

    def revert(self, text: str) -> Reverted:
        """Take the words out, and the parameter with them where it was made for them."""
        return Reverted(self._without(text))

    def _without(self, text: str) -> str:
        for place in reversed(definitions(text, self.name)):
            before = text
            for word in reversed(place.words(text)):
                if word.text in self.entries:
                    text = _take_word(text, word, place.value_start)
            if self.created and text != before:
                text = self._without_empty(text, place)
        return text

    def _without_empty(self, text: str, place: Definition) -> str:
        """Drop a definition that was made for us, unless somebody uses it now."""
        left = next(
            each for each in definitions(text, self.name) if each.line.start == place.line.start
        )
        if left.words(text) and left.value(text) != self.rest:
            return text
        return cut(text, left.line.start, left.line.end)


def _take_word(text: str, word: Word, value_start: int) -> str:
    """Remove a word with the comma behind it and the blank before it, as `apply` put it there."""
    start, end = word.start, word.end
    if text[end : end + 1] == ",":
        end += 1
    elif text[value_start:start].strip():
        start = value_start + len(text[value_start:start].rstrip(" \t,"))
    if text[start - 1 : start] in {" ", "\t"}:
        start -= 1
    return text[:start] + text[end:]
