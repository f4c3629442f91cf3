"""Marked blocks: a few lines of ours in somebody else's file, between two marker lines.

Everything outside the markers belongs to other people and is never touched. A marker that is
missing or doubled stops everything: what lies between cannot be told any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.errors import PlanError
from core.system.edits import Edit, EditState, Reverted


@dataclass(frozen=True)
class MarkedBlock(Edit):
    """A block of lines of ours.

    Attributes:
        name: tells our blocks in one file apart.
        body: the lines, without a newline at the end.
        leader: what begins a comment in that file.
        first: put the block at the beginning of the file instead of its end.
    """

    kind: ClassVar[str] = "block"

    name: str
    body: str
    leader: str = "#"
    first: bool = False

    @property
    def key(self) -> str:
        """The block."""
        return f"block {self.name}"

    def apply(self, text: str) -> str:
        """Add the block, or replace its lines where it stands."""
        span = self._span(text)
        if span is not None:
            start, end = span
            return text[:start] + self._lines + text[end:]
        if self.first:
            return self._lines + "\n" + text
        return append(text, self._lines)

    def revert(self, text: str) -> Reverted:
        """Remove the markers and every line of ours; lines that others put there stay."""
        span = self._span(text)
        if span is None:
            return Reverted(text)
        foreign = self._foreign(text[slice(*span)])
        if not foreign:
            return Reverted(cut(text, *span))
        start, end = span
        left = tuple(f"kept a line that is not ours: {line.strip()}" for line in foreign)
        return Reverted(text[:start] + "\n".join(foreign) + text[end:], left)

    def state(self, text: str) -> EditState:
        """PRESENT when the block's lines are exactly ours."""
        span = self._span(text)
        if span is None:
            return EditState.ABSENT
        return EditState.PRESENT if text[slice(*span)] == self._lines else EditState.CHANGED

    def describe(self) -> str:
        """What it does, for people."""
        return f"a block of {len(self.body.splitlines())} lines, marked mailward {self.name}"

    @property
    def _lines(self) -> str:
        return f"{self._begin}\n{self.body}\n{self._end}"

    @property
    def _begin(self) -> str:
        return f"{self.leader} BEGIN mailward {self.name} (edits in here are lost)"

    @property
    def _end(self) -> str:
        return f"{self.leader} END mailward {self.name}"

    def _foreign(self, block: str) -> list[str]:
        ours = self._lines.split("\n")
        return [line for line in block.split("\n")[1:-1] if line not in ours and line.strip()]

    def _span(self, text: str) -> tuple[int, int] | None:
        """Where the block stands, both markers included, without the newline behind it."""
        mark = rf"{re.escape(self.leader)} *%s mailward {re.escape(self.name)}(?![\w-]).*$"
        begins = list(re.finditer("^" + mark % "BEGIN", text, re.MULTILINE))
        ends = list(re.finditer("^" + mark % "END", text, re.MULTILINE))
        if not begins and not ends:
            return None
        if len(begins) != 1 or len(ends) != 1 or begins[0].end() > ends[0].start():
            raise PlanError(
                f"the markers of the block `mailward {self.name}` are damaged: "
                f"{len(begins)} BEGIN and {len(ends)} END lines found, wanted one of each in order;"
                f" put both lines back, or remove the block by hand"
            )
        return begins[0].start(), ends[0].end()


def append(text: str, lines: str) -> str:
    """Add lines at the end so that `cut` can restore the text exactly.

    A text that does not end with a newline keeps not ending with one: that is how `cut` knows.
    """
    if text and not text.endswith("\n"):
        return f"{text}\n{lines}"
    return f"{text}{lines}\n"


def cut(text: str, start: int, end: int) -> str:
    """Remove whole lines; `end` stands before the newline of the last of them, if it has one."""
    if end < len(text):
        return text[:start] + text[end + 1 :]
    return text[: max(start - 1, 0)]
