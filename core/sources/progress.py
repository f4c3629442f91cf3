"""How an update tells a terminal what it is doing, and how it ended."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

Outcome = Literal["updated", "unchanged", "skipped", "removed", "failed"]


class UpdateResult(Struct, frozen=True):
    """How one source fared.

    Attributes:
        name: ``country``, ``asn``, or a feed's name.
        outcome: updated; unchanged (the provider has nothing newer); skipped (asked too recently);
            removed (it is not wanted any more); failed (the last good copy stays).
        text: one line for people.
        vintage: the date or version of what is in use now, "" when unknown.
        entries: how many networks are in use now.
    """

    name: str
    outcome: Outcome
    text: str
    vintage: str = ""
    entries: int = 0


class Progress(Protocol):
    """Whoever watches, for instance a progress bar. Called from the updating thread."""

    def plan(self, names: tuple[str, ...]) -> None:
        """These sources will be looked at, in this order."""

    def begin(self, name: str, total: int | None) -> None:
        """A download of so many bytes begins; None when its size is not known."""

    def advance(self, name: str, size: int) -> None:
        """So many bytes more have arrived."""

    def end(self, result: UpdateResult) -> None:
        """A source is done."""


class Silent:
    """Nobody watches."""

    def plan(self, names: tuple[str, ...]) -> None:
        """Ignore it."""

    def begin(self, name: str, total: int | None) -> None:
        """Ignore it."""

    def advance(self, name: str, size: int) -> None:
        """Ignore it."""

    def end(self, result: UpdateResult) -> None:
        """Ignore it."""
