"""A change plan: steps on somebody else's system that can be shown, made, taken back and resumed.

The order is always the same: everything is looked at; each change is noted on disk before it is
made; the checks of the changed servers must pass before anything is reloaded; and where any step
fails everything is put back. The idea of saving originals first is that of certbot's reverter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import MailwardError, PlanError
from core.system.checkpoint import Checkpoint, Phase, Record
from core.system.edits import Edit
from core.system.file_steps import FileChange
from core.system.host import Host
from core.system.lock import only_one
from core.system.steps import Change, Command, Saved, Step


class ChangePlan:
    """What would be done to a machine, and the way back.

    Args:
        host: the machine.
        state: folder in which this machine's plans keep what they need to be undone.
        name: tells plans apart; a later plan of the same name replaces the earlier one, and has a
            step for each subject that the earlier one changed.
        title: one line for people.
        steps: what to do, in order. Checks come after the changes, other commands after the checks.
        notes: warnings for people.
        kinds: the edit classes that plans of this name use, and steps of a panel's own.

    Attributes:
        left: after `apply`, `undo` or `resume`: what had to be left in place, in words.
    """

    def __init__(
        self,
        host: Host,
        state: Path,
        name: str,
        title: str,
        steps: Sequence[Step],
        *,
        notes: Iterable[str] = (),
        kinds: Iterable[type[Edit] | type[Step]] = (),
    ) -> None:
        self.host = host
        self.name = name
        self.title = title
        self.steps = tuple(steps)
        self.notes = tuple(notes)
        self.left: tuple[str, ...] = ()
        self._state = state
        self._record = Record(state / name, kinds)

    @classmethod
    def recorded(
        cls, host: Host, state: Path, name: str, kinds: Iterable[type[Edit] | type[Step]]
    ) -> ChangePlan | None:
        """The plan of this name that is in place or was interrupted; None when there is none."""
        kinds = tuple(kinds)
        record = Record(state / name, kinds)
        found = record.next() or record.current()
        if found is None:
            return None
        return cls(host, state, name, found.title, found.steps, kinds=kinds)

    @property
    def pending(self) -> bool:
        """Whether it would change anything.

        Raises:
            PlanError: a step could not be made safely.
        """
        # All are looked at, so that a step that cannot be made is found before the first is made.
        states = [step.pending(self.host) for step in self.changes]
        return any(states)

    @property
    def changes(self) -> list[Change]:
        """The steps that change something."""
        return [step for step in self.steps if isinstance(step, Change)]

    @property
    def interrupted(self) -> Phase | None:
        """What a process was doing when it ended without finishing; None when all is well."""
        upcoming, current = self._record.next(), self._record.current()
        if upcoming is not None and upcoming.phase is not Phase.APPLIED:
            return upcoming.phase
        if current is not None and current.phase is Phase.UNDOING:
            return current.phase
        return None

    def describe(self) -> str:
        """The plan as text for people, with a diff of every file that it would change."""
        lines = [self.title, *(f"note: {note}" for note in self.notes)]
        pending = self.pending
        for number, step in enumerate(self.steps, start=1):
            idle = not (step.pending(self.host) if isinstance(step, Change) else pending)
            lines.append(f"{number}. {step.describe()}{' (nothing to do)' if idle else ''}")
            preview = step.preview(self.host) if isinstance(step, FileChange) else ""
            lines.extend(f"   {line}" for line in preview.splitlines())
        return "\n".join(lines) + "\n"

    def as_data(self) -> dict[str, Any]:
        """The plan as plain values, for programs."""
        pending = self.pending
        return {
            "name": self.name,
            "title": self.title,
            "notes": list(self.notes),
            "pending": pending,
            "steps": [
                {
                    "kind": step.kind,
                    "text": step.describe(),
                    "pending": step.pending(self.host) if isinstance(step, Change) else pending,
                    "diff": step.preview(self.host) if isinstance(step, FileChange) else "",
                }
                for step in self.steps
            ],
        }

    def apply(self, confirm: Callable[[], None] | None = None, *, again: bool = False) -> bool:
        """Make the changes; False when everything already was as planned.

        Args:
            confirm: looks, once all is done, whether it works; where it raises, all is put back.
            again: only what is on record is made again; False where nothing is, as it was never
                made, or somebody has taken it back meanwhile.

        Raises:
            PlanError: it failed, and everything was put back; or an earlier change was interrupted
                and has to be resumed or undone first.
        """
        with only_one(self._state):
            self._record.tidy()
            if self.interrupted:
                raise PlanError(
                    f"an earlier change of {self.name} was interrupted while {self.interrupted}: "
                    "resume or undo it first"
                )
            self.left = ()
            current = self._record.current()
            # Asked with the lock in hand: who held it until now may have taken everything back.
            if (again and current is None) or not self.pending:
                return False
            self._cover(current)
            with _readable_errors(f"{self.name}: nothing was changed"):
                checkpoint = self._record.start(self.title, self.steps)
            self._make(checkpoint, current, confirm)
            return True

    def undo(self) -> bool:
        """Take everything back, other people's edits kept; False when there was nothing to do.

        What is taken back is what is on record, also a change that was interrupted.

        Raises:
            PlanError: something could not be taken back; what was is not made again, and the call
                can be repeated.
        """
        with only_one(self._state), _readable_errors(f"{self.name}: not everything was taken back"):
            self._record.tidy()
            upcoming, current = self._record.next(), self._record.current()
            self.left = ()
            for checkpoint in filter(None, (upcoming, current)):
                for _, step in checkpoint.changes():
                    step.check_undo(self.host)
            if upcoming is not None:
                self._roll_back(upcoming)
            if current is not None:
                self._take_back(current)
            return upcoming is not None or current is not None

    def resume(self, confirm: Callable[[], None] | None = None) -> bool:
        """Finish what was interrupted: a change goes on, a way back goes on as a way back.

        Returns:
            False when nothing was interrupted.

        Raises:
            PlanError: as `apply` and `undo`.
        """
        with only_one(self._state):
            self._record.tidy()
            upcoming, current = self._record.next(), self._record.current()
            self.left = ()
            if upcoming is not None and upcoming.phase is Phase.APPLYING:
                self._make(upcoming, current, confirm)
            elif upcoming is not None:
                with _readable_errors(f"{self.name}: not everything was put back"):
                    self._roll_back(upcoming)
            elif current is not None and current.phase is Phase.UNDOING:
                with _readable_errors(f"{self.name}: not everything was taken back"):
                    self._take_back(current)
            else:
                return False
            return True

    def _cover(self, current: Checkpoint | None) -> None:
        subjects = {step.subject for step in self.changes}
        for _, step in current.changes() if current else ():
            if step.subject not in subjects:
                raise ValueError(f"the plan {self.name} says nothing about {step.subject}")

    def _make(
        self,
        checkpoint: Checkpoint,
        current: Checkpoint | None,
        confirm: Callable[[], None] | None,
    ) -> None:
        try:
            for index, step in enumerate(checkpoint.steps):
                if index in checkpoint.finished:
                    continue
                self._make_one(checkpoint, index, step, current)
                checkpoint.finish(index)
            if confirm is not None:
                confirm()
            checkpoint.enter(Phase.APPLIED)
        except Exception as error:
            raise PlanError(f"{self.name}: {self._put_back(checkpoint, error)}") from error
        self._record.promote()

    def _make_one(
        self, checkpoint: Checkpoint, index: int, step: Step, current: Checkpoint | None
    ) -> None:
        if isinstance(step, Command):
            checkpoint.begin(index, checkpoint.saved.get(index) or _NOTHING)
            step.run(self.host)
        elif isinstance(step, Change):
            saved = checkpoint.saved.get(index)
            if saved is None:
                earlier = current.earlier(step.subject) if current else None
                saved = replace(step.prepare(self.host, earlier), idle=not step.pending(self.host))
                checkpoint.begin(index, saved)
            step.apply(self.host)

    def _put_back(self, checkpoint: Checkpoint, error: Exception) -> str:
        try:
            self._roll_back(checkpoint)
        except (MailwardError, OSError) as second:
            return (
                f"{_text(error)}. Putting everything back failed too: {_text(second)}. "
                "Undo it once that is mended"
            )
        rest = f", except: {'; '.join(self.left)}" if self.left else ""
        return f"{_text(error)}. Everything was put back{rest}"

    def _roll_back(self, checkpoint: Checkpoint) -> None:
        # On a full disk the note fails; the way back must be tried all the same.
        with suppress(OSError):
            checkpoint.enter(Phase.ROLLING_BACK)
        for index, step in reversed(checkpoint.changes()):
            saved = checkpoint.saved.get(index)
            if saved is not None and not saved.idle:
                self.left += tuple(step.roll_back(self.host, saved))
        self._wake(checkpoint)
        self._record.drop("next")

    def _take_back(self, checkpoint: Checkpoint) -> None:
        checkpoint.enter(Phase.UNDOING)
        for index, step in reversed(checkpoint.changes()):
            saved = checkpoint.saved.get(index)
            if saved is not None:
                self.left += tuple(step.undo(self.host, saved))
        self._wake(checkpoint)
        checkpoint.enter(Phase.UNDONE)
        self._record.drop("current")

    def _wake(self, checkpoint: Checkpoint) -> None:
        """Make the servers see what was put back, where they had seen the change.

        The files are what they were, whatever the server says to them; so a failure here is told,
        and does not stop the way back.
        """
        steps = enumerate(checkpoint.steps)
        commands = [(index, step) for index, step in steps if isinstance(step, Command)]
        if not any(index in checkpoint.saved and not step.check for index, step in commands):
            return
        for _, step in commands:
            result = self.host.run(step.command, timeout=step.timeout, text=step.text)
            if result.code:
                self.left += (result.failure,)
                return


_NOTHING = Saved()


@contextmanager
def _readable_errors(before: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanError(f"{before}: {_text(error)}") from error


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the disk'}: {error.strerror}"
    return str(error)
