"""One switch of /etc/exim.conf.localopts: a line ``key=value`` that cPanel's own pages write too.

WHM writes ``acl_custom_begin_X=0`` for every hook file that was empty when Exim's settings were
saved last, and then leaves the file out without a word (facts/cpanel.md 0.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.system.blocks import append, cut
from core.system.edits import Edit, EditState, Reverted


@dataclass(frozen=True)
class LocalOption(Edit):
    """A key with the value that we need.

    Attributes:
        name: the key.
        value: what it is to be.
        before: what it was before our first plan; None where it was not there.
    """

    kind: ClassVar[str] = "local option"

    name: str
    value: str
    before: str | None = None

    @property
    def key(self) -> str:
        """The key."""
        return f"option {self.name}"

    def apply(self, text: str) -> str:
        """One line of that key, where the first of them stands."""
        if self.state(text) is EditState.PRESENT:
            return text
        found = self._found(text)
        if not found:
            return append(text, f"{self.name}={self.value}")
        for line in reversed(found[1:]):
            text = cut(text, *line.span())
        return self._with(text, self.value)

    def revert(self, text: str) -> Reverted:
        """The value of before; one that somebody else has set since stays."""
        if self.value not in self._values(text):
            return Reverted(text)
        if self.before is not None:
            return Reverted(self._with(text, self.before))
        for line in reversed(self._found(text)):
            text = cut(text, *line.span())
        return Reverted(text)

    def state(self, text: str) -> EditState:
        """PRESENT with our value and one line; CHANGED with another value or more lines."""
        values = self._values(text)
        if values == [self.value]:
            return EditState.PRESENT
        return EditState.CHANGED if values and values != [self.before] else EditState.ABSENT

    def describe(self) -> str:
        """The line."""
        return f"{self.name}={self.value}"

    def _with(self, text: str, value: str) -> str:
        first = self._found(text)[0]
        return f"{text[: first.start()]}{self.name}={value}{text[first.end() :]}"

    def _values(self, text: str) -> list[str]:
        return [line[1].strip() for line in self._found(text)]

    def _found(self, text: str) -> list[re.Match[str]]:
        return list(re.finditer(rf"^{re.escape(self.name)}=(.*)$", text, re.MULTILINE))


def value(text: str, name: str) -> str | None:
    """What a key is set to; None where it is not there."""
    found = re.search(rf"(?m)^{re.escape(name)}=(.*)$", text)
    return found[1].strip() if found else None
