"""master.cf as text: the services and their options, and one edit, an option of one service.

Why edits of the text and not `postconf -P`: that command refuses blanks in values, rewrites the
whole service in its own form and not atomically, so nothing could be undone byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from core.errors import PlanError
from core.mta.postfix_syntax import LogicalLine, Word, logical_lines, split, words
from core.system.edits import Edit, EditState, Reverted

OURS = "$mailward_"
"""What every value of ours begins with; it expands to nothing where main.cf does not define it."""

_FIELDS = 7
_BRACED = re.compile(r"\{\s*([^\s={}]+)\s*=\s*(.*?)\s*\}", re.DOTALL)


@dataclass(frozen=True)
class Option:
    """One `-o name=value` of a service.

    Attributes:
        name, value: what it says.
        start, end: where the whole option stands, the `-o` included.
        value_start, value_end: where its value stands.
        braced: written as `-o { name = value }`, which may hold blanks (Postfix 3.0).
    """

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int
    braced: bool


@dataclass(frozen=True)
class Service:
    """One service of a master.cf; `place` and the options' offsets belong to the text it is from.

    Attributes:
        name: `submission`, `587`, `192.0.2.1:smtps`, `private/policy` and the like.
        type: `inet`, `unix`, `pass`, `fifo`.
        chroot: the column as written: `y`, `n` or `-`.
        command: the program.
        place: where it stands.
        options: its `-o` options; where one is given twice the last counts.
    """

    name: str
    type: str
    chroot: str
    command: str
    place: LogicalLine
    options: dict[str, Option] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """As postconf(1) names a service: `submission/inet`."""
        return f"{self.name}/{self.type}"

    @property
    def port_name(self) -> str:
        """The name without the address before it: `587` of `[::1]:587`."""
        return self.name.rpartition(":")[2]


def services(text: str) -> list[Service]:
    """The services of a master.cf, in order; lines that are none are left out."""
    found = []
    for line in logical_lines(text):
        listed = words(text, line.pieces, " \t\r")
        if len(listed) <= _FIELDS:
            continue
        columns = [word.text for word in listed]
        options = {each.name: each for each in _options(text, listed[_FIELDS + 1 :])}
        found.append(Service(columns[0], columns[1], columns[4], columns[7], line, options))
    return found


def find(text: str, key: str) -> Service | None:
    """The service of this key; None when there is none.

    Raises:
        PlanError: there are two, and it cannot be told which of them Postfix runs.
    """
    found = [service for service in services(text) if service.key == key]
    if len(found) > 1:
        raise PlanError(f"master.cf has {len(found)} services {key}; remove all but one")
    return found[0] if found else None


def _options(text: str, listed: list[Word]) -> Iterator[Option]:
    position = 0
    while position < len(listed):
        flag = listed[position]
        position += 1
        if not flag.text.startswith("-o"):
            continue
        said = Word(flag.text[2:], flag.start + 2, flag.end)
        if not said.text:
            if position >= len(listed):
                return
            said = listed[position]
            position += 1
        option = _option(text, flag, said)
        if option is not None:
            yield option


def _option(text: str, flag: Word, said: Word) -> Option | None:
    match = _BRACED.fullmatch(text, said.start, said.end)
    if match:
        name, value = match.groups()
        return Option(name, value, flag.start, said.end, match.start(2), match.end(2), True)
    name, equals, value = said.text.partition("=")
    if not equals:
        return None
    start = said.end - len(value)
    return Option(name, value, flag.start, said.end, start, said.end, False)


@dataclass(frozen=True)
class ServiceOption(Edit):
    """One option of one service.

    Attributes:
        service: `submission/inet`.
        name: the parameter.
        value: what we set it to, without blanks.
        before: what the service's own option was; None where it had none.
    """

    kind: ClassVar[str] = "master.cf option"

    service: str
    name: str
    value: str
    before: str | None = None

    @property
    def key(self) -> str:
        """The service and the parameter."""
        return f"{self.service} {self.name}"

    def describe(self) -> str:
        """What it does, for people."""
        return f"{self.service}: -o {self.name}={self.value}"

    def state(self, text: str) -> EditState:
        """PRESENT when the option has our value, ABSENT when it has its own."""
        service = find(text, self.service)
        option = service.options.get(self.name) if service else None
        if option is not None and option.value == self.value:
            return EditState.PRESENT
        same = option.value == self.before if option else self.before is None
        return EditState.ABSENT if same or service is None else EditState.CHANGED

    def apply(self, text: str) -> str:
        """Set the option where it stands, or on a line of its own behind the others."""
        service = find(text, self.service)
        if service is None:
            raise PlanError(f"master.cf has no service {self.service} any more; plan again")
        option = service.options.get(self.name)
        if option is not None:
            return text[: option.value_start] + self.value + text[option.value_end :]
        end = service.place.end
        return f"{text[:end]}\n  -o {self.name}={self.value}{text[end:]}"

    def revert(self, text: str) -> Reverted:
        """Restore the service's own option; what somebody else has set since stays."""
        service = find(text, self.service)
        option = service.options.get(self.name) if service else None
        if option is None or option.value == self.before:
            return Reverted(text)
        if option.value == self.value:
            return Reverted(self._replaced(text, option, self.before))
        theirs = [word for word in split(option.value) if not word.startswith(OURS)]
        if len(theirs) < len(split(option.value)):
            value = ",".join(theirs) if theirs else self.before
            text = self._replaced(text, option, value)
        said = f"{self.service} has -o {self.name}={option.value} now, which someone else has set"
        return Reverted(text, (f"{said}; it stays, without what is ours",))

    @staticmethod
    def _replaced(text: str, option: Option, value: str | None) -> str:
        if value is not None:
            return text[: option.value_start] + value + text[option.value_end :]
        line_start = text.rfind("\n", 0, option.start) + 1
        line_end = text.find("\n", option.end)
        line_end = len(text) if line_end < 0 else line_end
        around = text[line_start : option.start] + text[option.end : line_end]
        if not around.strip():
            # An indented line never is the first: its service's own line stands before it.
            return text[: line_start - 1] + text[line_end:]
        before = text[: option.start].rstrip(" \t")
        return before + text[option.end :]
