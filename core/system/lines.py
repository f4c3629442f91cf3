"""A line of ours among other people's lines, in a file that has no comments to mark it with.

Such files are lists of ``name=value`` or ``name:value``: our line is known by its name. What others
made of its value counts as theirs to decide and stays; with our part it goes as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.system.blocks import append, cut
from core.system.edits import Edit, EditState, Reverted


@dataclass(frozen=True)
class OwnLine(Edit):
    """A line ``name=value``, at the end of a file that has none of that name yet.

    Attributes:
        name: what stands before the sign.
        value: what stands behind it.
        sign: what stands between them.
    """

    kind: ClassVar[str] = "line"

    name: str
    value: str
    sign: str = "="

    @property
    def key(self) -> str:
        """The line, by its name."""
        return f"line {self.name}"

    def apply(self, text: str) -> str:
        """Add the line; one of that name stays as it is."""
        return text if self._found(text) else append(text, self._line)

    def revert(self, text: str) -> Reverted:
        """Take out every line of that name."""
        while found := self._found(text):
            text = cut(text, *found.span())
        return Reverted(text)

    def state(self, text: str) -> EditState:
        """PRESENT with any value."""
        return EditState.PRESENT if self._found(text) else EditState.ABSENT

    def describe(self) -> str:
        """The line."""
        return f"the line `{self._line}`, unless there is one of that name"

    @property
    def _line(self) -> str:
        return f"{self.name}{self.sign}{self.value}"

    def _found(self, text: str) -> re.Match[str] | None:
        return re.search(rf"^{re.escape(self.name + self.sign)}.*$", text, re.MULTILINE)
