"""Blocks of ours beside one line of Exim's configuration: inside an ACL, or before the sections.

A block knows the line beside which it belongs and nothing else of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.errors import PlanError
from core.system.blocks import MarkedBlock


@dataclass(frozen=True)
class LineBlock(MarkedBlock):
    """A block of lines of ours, beside a line of somebody else's.

    Attributes:
        line: that line, without what blanks are in and around it: `acl_check_mail:`, `begin acl`.
        before: put the block before the line instead of behind it.
    """

    kind: ClassVar[str] = "block beside a line"

    line: str = ""
    before: bool = False

    def apply(self, text: str) -> str:
        """Add the block, or replace its lines where it stands.

        Raises:
            PlanError: the line is not there, or there more than once.
        """
        if self._span(text) is not None:
            return super().apply(text)
        found = places(text, self.line)
        if len(found) != 1:
            raise PlanError(f"the line `{self.line}` is there {len(found)} times, wanted once")
        start, end = found[0]
        if self.before:
            return f"{text[:start]}{self._lines}\n{text[start:]}"
        return f"{text[:end]}\n{self._lines}{text[end:]}"

    def describe(self) -> str:
        """What it does, for people."""
        return f"{super().describe()}, {'before' if self.before else 'after'} `{self.line}`"


def places(text: str, line: str) -> list[tuple[int, int]]:
    """Where a line stands, whatever blanks are in it: beginnings and ends, newlines not included.

    Args:
        line: its words, one blank between them.
    """
    name, colon, _ = line.partition(":")
    words = r"[ \t]+".join(map(re.escape, name.split()))
    ending = r"[ \t]*:" if colon else ""
    pattern = rf"^[ \t]*{words}{ending}[ \t]*$"
    return [match.span() for match in re.finditer(pattern, text, re.MULTILINE)]
