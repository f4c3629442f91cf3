"""The steps a change plan is made of, except those about files, which are in `file_steps`.

A step that changes something looks first (`prepare`), so that what it found can be kept before it
acts; acts so that acting twice is acting once (`apply`); and can be taken back to what this plan
found (`roll_back`) or to what the first of our plans found (`undo`). A command changes nothing that
could be taken back: it makes servers look at what changed.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from core.errors import PlanError
from core.system import files
from core.system.files import FileState
from core.system.host import Host


@dataclass(frozen=True)
class Saved:
    """What a step found before it acted; kept on disk until the change is undone.

    Attributes:
        idle: there was nothing to do, so there is nothing to roll back; an undo may still have to
            take back what an older plan did.
        before: the file as this plan found it; None when there was none.
        original: the file without anything of ours; the same, unless an older plan was in place.
        after: SHA-256 of the content that the step writes.
        made: folders that our plans made, the outermost first.
        value: the parameter's value before our first plan.
    """

    idle: bool = False
    before: FileState | None = None
    original: FileState | None = None
    after: str = ""
    made: tuple[str, ...] = ()
    value: str = ""


class Step(ABC):
    """One thing that a plan does. Subclasses are frozen dataclasses of plain values."""

    kind: ClassVar[str]

    @abstractmethod
    def describe(self) -> str:
        """What it does, for people, in one line."""


class Change(Step):
    """A step that changes something and can be taken back."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """What it changes; a later plan of the same name has a step for the same subject."""

    @abstractmethod
    def pending(self, host: Host) -> bool:
        """Whether there is anything to do.

        Raises:
            PlanError: the step could not be made safely.
        """

    @abstractmethod
    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Look, and change nothing.

        Args:
            earlier: what the same step of the plan that is in place now had found.
        """

    @abstractmethod
    def apply(self, host: Host) -> None:
        """Act, or act again after a crash.

        Raises:
            PlanError, OSError: it did not work.
        """

    @abstractmethod
    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Restore what `prepare` found; returns what had to be left, in words."""

    def undo(self, host: Host, saved: Saved) -> list[str]:
        """Restore what was there before any plan of ours; returns what had to be left, in words."""
        return self.roll_back(host, saved)

    def check_undo(self, host: Host) -> None:
        """Make sure that nothing stands in the way of taking it back.

        Raises:
            PlanError: somebody damaged our part so much that it cannot be told from theirs.
        """


@dataclass(frozen=True)
class MakeDirectory(Change):
    """Make a folder, and the folders above it.

    Attributes:
        path: the folder as the machine calls it.
        mode: its permission bits (the folders above get 0755).
        owner, group: its owner, by name.
    """

    kind: ClassVar[str] = "make folder"

    path: str
    mode: int = 0o755
    owner: str = "root"
    group: str = "root"

    @property
    def subject(self) -> str:
        """The folder."""
        return self.path

    def describe(self) -> str:
        """The folder, its mode and its owner."""
        return f"make the folder {self.path} (mode {self.mode:04o}, {self.owner}:{self.group})"

    def pending(self, host: Host) -> bool:
        """Whether it is not there; one that is there keeps its mode and owner."""
        return not host.path(self.path).is_dir()

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Note which folders are missing."""
        known = earlier.made if earlier else ()
        return Saved(made=tuple(dict.fromkeys((*known, *self._missing(host)))))

    def apply(self, host: Host) -> None:
        """Make what is missing; a folder that a crash left undressed is dressed."""
        for name in self._missing(host) or (self.path,):
            path = host.path(name)
            if name != self.path:
                path.mkdir(mode=0o700, exist_ok=True)
                files.dress_directory(path, 0o755, os.geteuid(), os.getegid())
                continue
            path.mkdir(mode=0o700, exist_ok=True)
            files.dress_directory(path, self.mode, host.uid(self.owner), host.gid(self.group))
            files.sync_directory(path.parent)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Remove the folders that were made, unless something is in them."""
        for name in reversed(saved.made):
            path = host.path(name)
            if path.is_dir() and any(path.iterdir()):
                return [f"the folder {name} is not empty and stays"]
            if path.is_dir():
                path.rmdir()
        return []

    def _missing(self, host: Host) -> list[str]:
        parts = [PurePosixPath(self.path), *PurePosixPath(self.path).parents]
        return [str(each) for each in reversed(parts) if not host.exists(str(each))]


@dataclass(frozen=True)
class SetParameter(Change):
    """Set a parameter through its owner's own command.

    Attributes:
        name: what is set, for people.
        wanted: the value that `read` prints once it is set.
        read: a command that prints the value.
        write: the command that sets it.
        inverse: the command that sets what was there before our first plan.
    """

    kind: ClassVar[str] = "set parameter"

    name: str
    wanted: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    inverse: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The parameter."""
        return self.name

    def describe(self) -> str:
        """The parameter and its value."""
        return f"set {self.name} to {self.wanted}"

    def pending(self, host: Host) -> bool:
        """Whether it has another value."""
        return self._value(host) != self.wanted

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Keep its value."""
        value = self._value(host)
        ours = earlier is not None and value == self.wanted
        return Saved(value=earlier.value if earlier and ours else value)

    def apply(self, host: Host) -> None:
        """Set it, unless it is set."""
        if self.pending(host):
            host.run(self.write).require(PlanError)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Set what was there; keep a value that somebody else has set since."""
        value = self._value(host)
        if value == saved.value:
            return []
        if value != self.wanted:
            return [f"{self.name} was set to {value!r} by someone else and stays so"]
        host.run(self.inverse).require(PlanError)
        return []

    def _value(self, host: Host) -> str:
        return host.run(self.read).require(PlanError).strip()


@dataclass(frozen=True)
class Command(Step):
    """Run a command once everything is changed.

    Attributes:
        command: its words.
        check: it only looks. It must end with 0 before anything is reloaded; otherwise the plan
            fails and is put back.
        timeout: seconds.
        text: what it reads on its standard input.
        unwanted: what it must not say, for a command that ends with 0 all the same.
        wanted: what it must say, for a command that ends with 0 when it did nothing.
    """

    kind: ClassVar[str] = "command"

    command: tuple[str, ...]
    check: bool = False
    timeout: float = 60
    text: str = ""
    unwanted: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    def describe(self) -> str:
        """The command; a program in it is not spelled out."""
        words = ("…" if "\n" in word else word for word in self.command)
        return f"{'check with' if self.check else 'run'} `{' '.join(words)}`"

    def run(self, host: Host) -> None:
        """Run it.

        Raises:
            PlanError: it ended with another code than 0, said what it must not, or did not say
                what it must.
        """
        result = host.run(self.command, timeout=self.timeout, text=self.text)
        result.require(PlanError)
        for line in (*result.stderr.splitlines(), *result.stdout.splitlines()):
            if any(each in line for each in self.unwanted):
                raise PlanError(f"`{' '.join(self.command)}` said: {line.strip()}")
        said = f"{result.stdout}\n{result.stderr}"
        for each in self.wanted:
            if each not in said:
                last = "".join(said.strip().splitlines()[-1:]) or "nothing"
                raise PlanError(f"`{' '.join(self.command)}` did not say {each!r}, but: {last}")
