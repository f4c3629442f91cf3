"""Steps that change files: edits in somebody else's file, and whole files of our own."""

from __future__ import annotations

import difflib
import hashlib
import os
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.system import files
from core.system.edits import Edit, apply_all, revert_all
from core.system.files import FileState
from core.system.host import Host
from core.system.steps import Change, Saved


class FileChange(Change):
    """A change whose effect can be shown as a diff."""

    @abstractmethod
    def preview(self, host: Host) -> str:
        """A unified diff of what would change, "" where nothing would."""


@dataclass(frozen=True)
class EditFile(FileChange):
    """Make edits in a file that belongs to somebody else, or in one that is made for them.

    Taken back, the file gets its old bytes where nobody touched it since; otherwise only our part
    is taken out of what it is now.

    Attributes:
        path: the file as the machine calls it.
        edits: what to add.
        replaces: the edits of an older plan of ours, taken back first.
        mode: permission bits for a file that is made.
        owner, group: whose a file is that is made, by name; "" for us.
        hidden: texts that a preview must not show (secrets).
        age: seconds by which the modification time is set back, for readers that wait while a file
            looks half-written; ours never are.
    """

    kind: ClassVar[str] = "edit file"

    path: str
    edits: tuple[Edit, ...]
    replaces: tuple[Edit, ...] = ()
    mode: int = 0o644
    hidden: tuple[str, ...] = ()
    age: float = 0
    owner: str = ""
    group: str = ""

    @property
    def subject(self) -> str:
        """The file."""
        return self.path

    def describe(self) -> str:
        """The file and its edits."""
        edits = "; ".join(edit.describe() for edit in self.edits)
        return f"edit {self.path}: {edits or 'nothing of ours is needed in it'}"

    def preview(self, host: Host) -> str:
        """The file's diff, secrets blanked."""
        state = files.read(host.path(self.path))
        old = files.decode(state.data) if state else ""
        shown = diff(self.path, old, self.text(old), new_file=state is None)
        for secret in self.hidden:
            shown = shown.replace(secret, "********")
        return shown

    def text(self, text: str) -> str:
        """What the step makes of a file's text; making it twice is making it once."""
        keys = {edit.key for edit in self.edits}
        gone = [edit for edit in self.replaces if edit.key not in keys]
        return apply_all(self.edits, revert_all(gone, text).text)

    def pending(self, host: Host) -> bool:
        """Whether the file differs from what the step makes of it."""
        state = files.read(host.path(self.path))
        made = self.text(files.decode(state.data) if state else "")
        return files.encode(made) != (state.data if state else b"")

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Keep the file, and what it is without anything of ours."""
        state = files.read(host.path(self.path))
        after = digest(files.encode(self.text(files.decode(state.data) if state else "")))
        if state is None:
            return Saved(after=after)
        if earlier is not None and digest(state.data) == earlier.after:
            return Saved(before=state, original=earlier.original, after=after)
        bare = revert_all(self.replaces, files.decode(state.data)).text
        bare = revert_all(self.edits, bare).text  # where the record of an older plan was lost
        made_by_us = earlier is not None and earlier.original is None and not bare.strip()
        original = None if made_by_us else state.holding(files.encode(bare))
        return Saved(before=state, original=original, after=after)

    def apply(self, host: Host) -> None:
        """Write the edited file, unless it is already so."""
        path = host.path(self.path)
        state = files.read(path)
        found = state or self._blank(host)
        made = found.holding(files.encode(self.text(files.decode(found.data))))
        if made != found:
            files.write(path, made, self.age)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Restore the file that this plan found; keep what others changed since."""
        return self._take_back(host, saved, saved.before, self.replaces)

    def undo(self, host: Host, saved: Saved) -> list[str]:
        """Restore the file that our first plan found; keep what others changed since."""
        return self._take_back(host, saved, saved.original, ())

    def check_undo(self, host: Host) -> None:
        """Take the edits back in memory."""
        state = files.read(host.path(self.path))
        if state is not None:
            revert_all(self.edits, files.decode(state.data))

    def _blank(self, host: Host) -> FileState:
        uid = host.uid(self.owner) if self.owner else os.geteuid()
        gid = host.gid(self.group) if self.group else os.getegid()
        return FileState(b"", self.mode, uid, gid)

    def _take_back(
        self, host: Host, saved: Saved, target: FileState | None, again: tuple[Edit, ...]
    ) -> list[str]:
        path = host.path(self.path)
        state = files.read(path)
        files.temporary(path).unlink(missing_ok=True)
        if state is None:
            return [] if target is None else [f"{self.path} is gone; it was not put back"]
        if target is not None and state.data == target.data:
            return []
        left: list[str] = []
        back = None if target is None else state.holding(target.data)
        if digest(state.data) != saved.after:
            reverted = revert_all(self.edits, files.decode(state.data))
            text = apply_all(again, reverted.text)
            left = [f"{self.path}: {each}" for each in reverted.left]
            ours_alone = target is None and not text.strip()
            back = None if ours_alone else state.holding(files.encode(text))
        if back is None:
            files.remove(path)
        elif back != state:
            files.write(path, back, self.age)
        return left


@dataclass(frozen=True)
class WriteFile(FileChange):
    """Write a whole file that is ours.

    Taken back, a file that somebody else has changed since stays as it is.

    Attributes:
        path: the file as the machine calls it.
        data: its content.
        mode: its permission bits.
        owner, group: its owner, by name.
        keep: a file that is there already stays as it is: people have written in it since.
        hidden: its content must not be shown.
        theirs: names of lines ``name=value`` in it whose value is other people's to change.
    """

    kind: ClassVar[str] = "write file"

    path: str
    data: bytes
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"
    keep: bool = False
    hidden: bool = False
    theirs: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The file."""
        return self.path

    def describe(self) -> str:
        """The file, its mode and its owner."""
        return f"write {self.path} (mode {self.mode:04o}, {self.owner}:{self.group})"

    def preview(self, host: Host) -> str:
        """The file's diff."""
        state = files.read(host.path(self.path))
        if state is not None and self.keep:
            return ""
        if self.hidden:
            return "(a secret, which is not shown)" if self.pending(host) else ""
        old = files.decode(state.data) if state else ""
        made = files.decode(self._made_of_data(state))
        return diff(self.path, old, made, new_file=state is None)

    def pending(self, host: Host) -> bool:
        """Whether content, mode or owner differ; they do where an owner has yet to be made."""
        state = files.read(host.path(self.path))
        if state is not None and self.keep:
            return False
        try:
            return state != self._made_of(host, state)
        except KeyError:
            return True

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Keep what is there."""
        state = files.read(host.path(self.path))
        ours = earlier is not None and state is not None and self._sum(state) == earlier.after
        original = earlier.original if earlier and ours else state
        return Saved(before=state, original=original, after=digest(_with(self.data, self._blanks)))

    def apply(self, host: Host) -> None:
        """Write it, unless it is already so."""
        if self.pending(host):
            path = host.path(self.path)
            files.write(path, self._made_of(host, files.read(path)))

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Restore what this plan found."""
        return self._take_back(host, saved, saved.before)

    def undo(self, host: Host, saved: Saved) -> list[str]:
        """Restore what our first plan found."""
        return self._take_back(host, saved, saved.original)

    def _made_of(self, host: Host, state: FileState | None) -> FileState:
        attributes = state.attributes if state else ()
        uid, gid = host.uid(self.owner), host.gid(self.group)
        return FileState(self._made_of_data(state), self.mode, uid, gid, attributes)

    def _made_of_data(self, state: FileState | None) -> bytes:
        """The content, with what others made of their lines."""
        return _with(self.data, _values(state.data if state else b"", self.theirs))

    def _sum(self, state: FileState) -> str:
        """A name for a content that does not depend on other people's lines."""
        return digest(_with(state.data, self._blanks))

    @property
    def _blanks(self) -> dict[bytes, bytes]:
        return dict.fromkeys((name.encode() for name in self.theirs), b"")

    def _take_back(self, host: Host, saved: Saved, target: FileState | None) -> list[str]:
        path = host.path(self.path)
        files.temporary(path).unlink(missing_ok=True)
        state = files.read(path)
        if state is not None and state != target and self._sum(state) != saved.after:
            return [f"{self.path} was changed by someone else and stays as it is"]
        if target is None:
            files.remove(path)
        elif state != target:
            files.write(path, target)
        return []


def _values(data: bytes, names: tuple[str, ...]) -> dict[bytes, bytes]:
    """The values of lines ``name=value``, as far as they are there."""
    wanted = {name.encode() for name in names}
    pairs = (line.partition(b"=") for line in data.splitlines())
    return {name: value for name, equals, value in pairs if equals and name in wanted}


def _with(data: bytes, values: Mapping[bytes, bytes]) -> bytes:
    """A content whose lines ``name=value`` have other values."""
    lines = data.split(b"\n") if values else []
    for place, line in enumerate(lines):
        name, equals, _ = line.partition(b"=")
        if equals and name in values:
            lines[place] = name + b"=" + values[name]
    return b"\n".join(lines) if values else data


def digest(data: bytes) -> str:
    """A name for a content."""
    return hashlib.sha256(data).hexdigest()


def diff(path: str, old: str, new: str, *, new_file: bool = False) -> str:
    """A unified diff, as `diff -u` prints it, "" where nothing differs."""
    source = "/dev/null" if new_file else path
    return "\n".join(
        difflib.unified_diff(old.split("\n"), new.split("\n"), source, path, lineterm="")
    )
