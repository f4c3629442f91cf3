"""What is on disk about a plan: its steps, what each of them found, and how far it came.

Every line is forced to disk before the step that it announces begins, so that after a kill at any
moment the change can be finished or taken back. The folder of a plan holds `current`, the change
that is in place, and while one is being made `next`. Everything else in there is rubbish from a
crash. The originals of other people's files are in these files too: they are for root only.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from core.errors import PlanError
from core.system import files
from core.system.account_steps import MakeUser
from core.system.edits import Edit, EditCodec
from core.system.file_steps import EditFile, WriteFile
from core.system.files import FileState
from core.system.link_steps import MakeLink
from core.system.removal_steps import RemoveFile
from core.system.steps import Change, Command, MakeDirectory, Saved, SetParameter, Step

FORMAT = 1
"""Version of the files in here."""

KINDS: Mapping[str, type[Step]] = {
    step.kind: step
    for step in (
        *(EditFile, WriteFile, RemoveFile, MakeDirectory, MakeLink, MakeUser),
        *(SetParameter, Command),
    )
}
"""The steps that everybody's plans are made of; a panel may have further ones."""


class Codec:
    """Writes steps for the disk and reads them back.

    Args:
        kinds: classes of edits, and of a panel's own steps, that may occur.
    """

    def __init__(self, kinds: Iterable[type[Edit] | type[Step]]) -> None:
        edits, steps = [], dict(KINDS)
        for kind in kinds:
            if issubclass(kind, Edit):
                edits.append(kind)
            elif issubclass(kind, Step):
                steps[kind.kind] = kind
        self._edits, self._steps = EditCodec(edits), steps

    def dump(self, step: Step) -> dict[str, Any]:
        """The step as plain values."""
        raw = {"kind": step.kind, **msgspec.to_builtins(step)}
        if isinstance(step, EditFile):
            raw["edits"] = [self._edits.dump(edit) for edit in step.edits]
            raw["replaces"] = [self._edits.dump(edit) for edit in step.replaces]
        return raw

    def load(self, raw: dict[str, Any]) -> Step:
        """The step of which these are the values.

        Raises:
            KeyError: no such kind is known: a newer version wrote it, or another panel.
        """
        kind = self._steps[raw.pop("kind")]
        if kind is EditFile:
            edits = tuple(self._edits.load(each) for each in raw["edits"])
            replaces = tuple(self._edits.load(each) for each in raw["replaces"])
            bare = msgspec.convert(raw | {"edits": (), "replaces": ()}, EditFile)
            return replace(bare, edits=edits, replaces=replaces)
        return msgspec.convert(raw, kind)


class Phase(StrEnum):
    """How far a plan came."""

    APPLYING = "applying"
    ROLLING_BACK = "rolling back"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class Checkpoint:
    """One plan on disk.

    Args:
        folder: where it is.
        codec: reads the steps in it.

    Raises:
        PlanError: it cannot be read.
    """

    def __init__(self, folder: Path, codec: Codec) -> None:
        self.folder = folder
        self.phase = Phase.APPLYING
        self.saved: dict[int, Saved] = {}
        self.finished: set[int] = set()
        try:
            raw = msgspec.json.decode((folder / "plan.json").read_bytes())
            if raw["format"] != FORMAT:
                raise PlanError(f"{folder}: written by another version of this program")
            self.title = str(raw["title"])
            self.steps = tuple(codec.load(each) for each in raw["steps"])
            self._read_progress()
        except (OSError, KeyError, msgspec.MsgspecError) as error:
            raise PlanError(f"{folder}: the undo record cannot be read: {error}") from error

    def _read_progress(self) -> None:
        path = self.folder / "progress"
        for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else []:
            try:
                entry = msgspec.json.decode(line)
            except msgspec.DecodeError:
                continue  # cut short by a crash: its step was not begun
            if "phase" in entry:
                self.phase = Phase(entry["phase"])
            elif "begin" in entry:
                self.saved[entry["begin"]] = msgspec.convert(entry["saved"], Saved)
            else:
                self.finished.add(entry["finish"])

    def enter(self, phase: Phase) -> None:
        """Note that a phase begins."""
        self._note({"phase": phase})
        self.phase = phase

    def begin(self, index: int, saved: Saved) -> None:
        """Note that a step begins, and what it found."""
        self._note({"begin": index, "saved": saved})
        self.saved[index] = saved

    def finish(self, index: int) -> None:
        """Note that a step is done."""
        self._note({"finish": index})
        self.finished.add(index)

    def _note(self, entry: dict[str, Any]) -> None:
        path = self.folder / "progress"
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                # The first newline ends a line that a crash cut short.
                file.write(b"\n" + msgspec.json.encode(entry) + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def changes(self) -> list[tuple[int, Change]]:
        """The steps that change something, with their places."""
        return [(i, step) for i, step in enumerate(self.steps) if isinstance(step, Change)]

    def earlier(self, subject: str) -> Saved | None:
        """What the step for this subject found."""
        for index, step in self.changes():
            if step.subject == subject:
                return self.saved.get(index)
        return None


class Record:
    """Everything on disk about the plans of one name.

    Args:
        folder: where it is; made when something is written.
        kinds: classes of edits, and of a panel's own steps, that may occur.
    """

    def __init__(self, folder: Path, kinds: Iterable[type[Edit] | type[Step]]) -> None:
        self.folder = folder
        self._codec = Codec(kinds)

    def current(self) -> Checkpoint | None:
        """The change that is in place, or half taken back."""
        return self._open("current")

    def next(self) -> Checkpoint | None:
        """The change that was being made when its process ended."""
        return self._open("next")

    def tidy(self) -> None:
        """Finish what a crash interrupted between two renames, and drop rubbish."""
        for name in ("new", "old"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        upcoming, current = self.next(), self.current()
        if upcoming is not None and upcoming.phase is Phase.APPLIED:
            self.promote()
        elif current is not None and current.phase is Phase.UNDONE:
            self.drop("current")

    def start(self, title: str, steps: Sequence[Step]) -> Checkpoint:
        """Write a plan as the next one."""
        new = self.folder / "new"
        new.mkdir(mode=0o700, parents=True)
        plan = {
            "format": FORMAT,
            "title": title,
            "steps": [self._codec.dump(step) for step in steps],
        }
        files.write(new / "plan.json", FileState(msgspec.json.encode(plan), 0o600))
        new.rename(self.folder / "next")
        files.sync_directory(self.folder)
        return Checkpoint(self.folder / "next", self._codec)

    def promote(self) -> None:
        """Make the next change, all applied, the current one."""
        if (self.folder / "current").exists():
            self._set_aside("current")
        (self.folder / "next").rename(self.folder / "current")
        files.sync_directory(self.folder)
        shutil.rmtree(self.folder / "old", ignore_errors=True)

    def drop(self, name: str) -> None:
        """Forget `current` or `next`."""
        self._set_aside(name)
        shutil.rmtree(self.folder / "old", ignore_errors=True)

    def _set_aside(self, name: str) -> None:
        (self.folder / name).rename(self.folder / "old")
        files.sync_directory(self.folder)

    def _open(self, name: str) -> Checkpoint | None:
        folder = self.folder / name
        return Checkpoint(folder, self._codec) if folder.exists() else None
