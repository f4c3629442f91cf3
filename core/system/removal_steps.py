"""Steps that take away what an older version of ours had put there and a newer one does not want.

A plan must say something about everything that the plan in place now has changed; `succeeding`
says it for what is no longer wanted. Taken back, all is as it was before the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.system import files
from core.system.file_steps import EditFile, WriteFile, digest
from core.system.host import Host
from core.system.steps import Change, MakeDirectory, Saved, Step


@dataclass(frozen=True)
class RemoveFile(Change):
    """Take away a file that an older plan of ours has written.

    One that somebody else has changed since stays as it is.

    Attributes:
        path: the file as the machine calls it.
        after: SHA-256 of what we wrote.
    """

    kind: ClassVar[str] = "remove file"

    path: str
    after: str

    @property
    def subject(self) -> str:
        """The file."""
        return self.path

    def describe(self) -> str:
        """The file."""
        return f"remove {self.path}, which this version has no use for"

    def pending(self, host: Host) -> bool:
        """Whether it is there, as we wrote it."""
        state = files.read(host.path(self.path))
        return state is not None and digest(state.data) == self.after

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Keep it, and what was there before our first plan."""
        state = files.read(host.path(self.path))
        return Saved(before=state, original=earlier.original if earlier else None)

    def apply(self, host: Host) -> None:
        """Remove it, unless it is gone or changed."""
        if self.pending(host):
            files.remove(host.path(self.path))

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Put it back."""
        path = host.path(self.path)
        if saved.before is not None and files.read(path) is None:
            files.write(path, saved.before)
        return []

    def undo(self, host: Host, saved: Saved) -> list[str]:
        """Put back what was there before any plan of ours, if anything was."""
        path = host.path(self.path)
        files.temporary(path).unlink(missing_ok=True)
        if saved.original is not None and files.read(path) is None:
            files.write(path, saved.original)
        return []


def succeeding(before: Iterable[Step], now: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of a plan that takes the place of an older one: what that one made beyond it goes.

    Folders stay until all is taken back: they are empty, and removing them tells nobody anything.

    Args:
        before: the steps of the plan that is in place.
        now: those of the new one.
    """
    subjects = {step.subject for step in now if isinstance(step, Change)}
    gone = [step for step in before if isinstance(step, Change) and step.subject not in subjects]
    # First made, last taken back: what lies in them has gone by then.
    folders = [step for step in gone if isinstance(step, MakeDirectory)]
    return (*folders, *now, *_removals(gone))


def _removals(gone: Iterable[Step]) -> Iterator[Step]:
    for step in gone:
        if isinstance(step, WriteFile):
            yield RemoveFile(step.path, digest(step.data))
        elif isinstance(step, EditFile):
            yield EditFile(step.path, (), step.edits)
        elif isinstance(step, RemoveFile):
            yield step
