"""A line ``name:value`` of ours in a list of cPanel's that knows no comments: chkservd's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.system.blocks import append, cut
from core.system.edits import Edit, EditState, Reverted


@dataclass(frozen=True)
class ListLine(Edit):
    """A line for a name, at the end of the list unless the name has one: its value is then what an
    administrator has chosen, who switched our service off in WHM.

    Attributes:
        name: what stands before the colon.
        value: what stands behind it.
    """

    kind: ClassVar[str] = "list line"

    name: str
    value: str

    @property
    def key(self) -> str:
        """The name."""
        return f"line {self.name}"

    def apply(self, text: str) -> str:
        """Add the line, where there is none of that name."""
        if self._found(text):
            return text
        return append(text, f"{self.name}:{self.value}")

    def revert(self, text: str) -> Reverted:
        """Take the line out, whatever its value."""
        for line in reversed(self._found(text)):
            text = cut(text, *line.span())
        return Reverted(text)

    def state(self, text: str) -> EditState:
        """PRESENT with any value."""
        return EditState.PRESENT if self._found(text) else EditState.ABSENT

    def describe(self) -> str:
        """The line."""
        return f"the line {self.name}:{self.value}"

    def _found(self, text: str) -> list[re.Match[str]]:
        return list(re.finditer(rf"^{re.escape(self.name)}:.*$", text, re.MULTILINE))
