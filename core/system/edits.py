"""What an edit of somebody else's file is: something that can be made, recognised and taken back.

An edit knows only its own part of the text, so that it can be taken back from a file that other
people have changed since. The edits of one mail server's dialects live in `core.mta`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from core.errors import PlanError


class EditState(StrEnum):
    """How much of an edit is in a text."""

    PRESENT = "present"
    ABSENT = "absent"
    CHANGED = "changed by someone else"


@dataclass(frozen=True)
class Reverted:
    """A text without an edit.

    Attributes:
        text: the text.
        left: what somebody else made of our part, and what was therefore left in place, in words.
    """

    text: str
    left: tuple[str, ...] = ()


class Edit(ABC):
    """One change to one text. Subclasses are frozen dataclasses of plain values: they are kept on
    disk until the change is undone, perhaps by a later version of this program.

    All methods are pure, and raise `PlanError` where the text is too damaged to be edited safely.
    """

    kind: ClassVar[str]
    """Its name on disk."""

    @property
    @abstractmethod
    def key(self) -> str:
        """What it edits. A new edit with the same key takes the place of an old one in one go."""

    @abstractmethod
    def apply(self, text: str) -> str:
        """The text with the edit made; the same text when it already was."""

    @abstractmethod
    def revert(self, text: str) -> Reverted:
        """The text without our part; everything else in it stays."""

    @abstractmethod
    def state(self, text: str) -> EditState:
        """Whether the text has the edit."""

    @abstractmethod
    def describe(self) -> str:
        """What it does, for people, in one line."""


def apply_all(edits: Iterable[Edit], text: str) -> str:
    """Make the edits one after the other."""
    for edit in edits:
        text = edit.apply(text)
    return text


def revert_all(edits: Iterable[Edit], text: str) -> Reverted:
    """Take the edits back, the last one first."""
    left: list[str] = []
    for edit in reversed(tuple(edits)):
        reverted = edit.revert(text)
        text = reverted.text
        left.extend(reverted.left)
    return Reverted(text, tuple(left))


def state_of_all(edits: Iterable[Edit], text: str) -> EditState:
    """PRESENT when all are, ABSENT when none is, else CHANGED."""
    states = {edit.state(text) for edit in edits}
    if len(states) == 1:
        return states.pop()
    return EditState.CHANGED if states else EditState.PRESENT


class EditCodec:
    """Writes edits for the disk and reads them back.

    Args:
        kinds: the edit classes that may occur.
    """

    def __init__(self, kinds: Iterable[type[Edit]]) -> None:
        self._kinds: Mapping[str, type[Edit]] = {kind.kind: kind for kind in kinds}

    def dump(self, edit: Edit) -> dict[str, Any]:
        """The edit as plain values."""
        return {"kind": edit.kind, **msgspec.to_builtins(edit)}

    def load(self, raw: Mapping[str, Any]) -> Edit:
        """The edit of which these are the values.

        Raises:
            PlanError: no such kind is known; a newer version wrote it.
        """
        known = self._kinds.get(raw["kind"])
        if known is None:
            raise PlanError(f"the undo record holds an edit of unknown kind {raw['kind']!r}")
        return msgspec.convert({key: raw[key] for key in raw if key != "kind"}, known)
