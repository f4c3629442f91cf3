"""Versions as panels and mail servers print them, compared number by number.

One reader for every notation of the facts: ``18.0.23`` and ``Plesk Obsidian 18.0.62.1`` (plesk.md
10), ``10.35`` (mailenable.md 1.2), ``Release 9.0.0_GA_3924.RHEL7_64_… edition, Patch 9.0.0_P8.``,
``8.8.15 P17``, ``9.0.0 Patch 8``, ``10.0.6.GA.4518`` (zimbra.md 1), and ``2.1.16-1`` with
``2.1-17.1``, which are the same line of releases written in two ways (features.md 1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from itertools import zip_longest

_NUMBER = r"[0-9]{1,9}"
_DOTTED = rf"{_NUMBER}(?:\.{_NUMBER})*"
_RELEASE = re.compile(rf"(?<![0-9A-Za-z._])v?{_NUMBER}(?:\.{_NUMBER})+(?:-{_DOTTED})?(?![0-9])")
"""At least two numbers; what follows a single dash goes on counting."""
_BARE = re.compile(rf"\s*({_NUMBER})\s*")
_PATCH = re.compile(rf"(?:[._ ]P|\bPatch )({_NUMBER})\b(?!\.[0-9])", re.IGNORECASE)


@total_ordering
@dataclass(frozen=True, eq=False)
class Version:
    """A version.

    Attributes:
        parts: its numbers, from the most important on.
        patch: Zimbra's patch level, which counts after all parts; 0 for none.
    """

    parts: tuple[int, ...]
    patch: int = 0

    def __eq__(self, other: object) -> bool:
        """Whether both are the same release: 18.0 is 18.0.0."""
        return isinstance(other, Version) and self._significant == other._significant

    def __hash__(self) -> int:
        """Equal versions hash alike."""
        return hash(self._significant)

    def __lt__(self, other: Version) -> bool:
        """Whether this one is older, number by number: 18.0.9 is before 18.0.23."""
        return self._significant < other._significant

    def __str__(self) -> str:
        """As people write it."""
        dotted = ".".join(map(str, self.parts))
        return f"{dotted} Patch {self.patch}" if self.patch else dotted

    @property
    def _significant(self) -> tuple[tuple[int, ...], int]:
        parts = self.parts
        while parts and not parts[-1]:
            parts = parts[:-1]
        return parts, self.patch

    def looks_newer_than(self, other: Version) -> bool:
        """Whether somebody who reads decimals would take this older version for the newer one.

        10.4 is before 10.35, and 18.0.9 before 18.0.23: worth a word where it decides something.
        """
        if not self < other:
            return False
        pairs = enumerate(zip_longest(self.parts, other.parts, fillvalue=0))
        differing = next(((at, *pair) for at, pair in pairs if pair[0] != pair[1]), (0, 0, 0))
        place, mine, theirs = differing
        return place > 0 and str(mine) > str(theirs)


def parse(text: str) -> Version | None:
    """The version in a text.

    Args:
        text: as the panel prints it; the first thing in it that looks like a version counts.

    Returns:
        None where there is none.
    """
    found = _RELEASE.search(text)
    if found is None:
        bare = _BARE.fullmatch(text)
        return Version((int(bare[1]),)) if bare is not None else None
    patch = _PATCH.search(text, found.end()) or _PATCH.search(text)
    parts = tuple(int(number) for number in re.findall(_NUMBER, found[0]))
    return Version(parts, int(patch[1]) if patch is not None else 0)
