"""What is found of a neighbour, and the files in which it is looked for.

Looks only. A file that may not be read is remembered, because "nothing was found" would be a lie.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from core.system import files
from core.system.host import Host
from core.words import Word

MOST_OCTETS: Final = 4_000_000
"""A configuration that is larger is none."""


class Weight(Word):
    """How a neighbour and Mailward get on.

    ``collides``: one of them hides the other, or people are refused and nobody can say why.
    ``overlaps``: both do the same, and the stricter wins. ``beside``: it does something else, and
    is named so that nobody has to wonder.
    """

    COLLIDES = "collides"
    OVERLAPS = "overlaps"
    BESIDE = "beside"


class Finding(Struct, frozen=True):
    """Something that another program does here.

    Attributes:
        program: its name.
        what: what it does, as its own settings say: ``SMTPAUTH_RESTRICT = "1"``.
        where: the file, or the command, that shows it.
        weight: how it gets on with Mailward.
        why: why that matters; English, marked for translation.
        advice: what to do; likewise.
    """

    program: str
    what: str
    where: str
    weight: Weight
    why: str
    advice: str


class Site:
    """The files of a machine.

    Args:
        host: the machine; a folder that holds another system will do.

    Attributes:
        unread: files that are there and may not be read by whoever looks.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.unread: list[str] = []

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder; not, where that cannot be seen."""
        try:
            return self.host.exists(name)
        except OSError:
            return False

    def text(self, name: str) -> str:
        """What stands in a file, "" when there is none or it cannot be read."""
        try:
            path = self.host.path(name)
            if not path.is_file():
                return ""
            if path.stat().st_size > MOST_OCTETS:
                raise PermissionError
            return files.decode(path.read_bytes())
        except PermissionError:
            self.unread.append(name)
        except OSError:
            return ""
        return ""

    def names(self, folder: str, ending: str) -> list[str]:
        """The files of a folder, in the order in which programs read them."""
        try:
            path = self.host.path(folder)
            found = sorted(each.name for each in path.iterdir()) if path.is_dir() else []
        except PermissionError:
            self.unread.append(folder)
            return []
        except OSError:
            return []
        return [f"{folder}/{name}" for name in found if name.endswith(ending)]


_ASSIGNMENT: Final = re.compile(
    r"""^[ \t]*(?P<name>[A-Za-z_][\w.]*)[ \t]*=[ \t]*"""
    r"""(?P<quote>["']?)(?P<value>.*?)(?P=quote)[ \t\r]*$""",
    re.MULTILINE,
)


def assignments(text: str) -> dict[str, str]:
    """The lines ``name = value`` of a file, quotes taken off; of several the last one counts."""
    return {
        found["name"]: found["value"].partition(" #")[0].rstrip()
        if not found["quote"]
        else found["value"]
        for found in _ASSIGNMENT.finditer(text)
    }


def number(text: str) -> int:
    """The number that a text is, 0 when it is none."""
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdecimal() else 0
