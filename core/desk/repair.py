"""Makes the system match what was installed: hooks, the panel's entries, what is known of it.

Panels rewrite the files of mail servers whenever they like, so root looks again and again, and sets
right what no longer is. Who fights us over a file wins after a few rounds: mail that changes its
ways every minute is worse than mail that is not guarded, and a person is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk import hook_record, hooks, installation, panel_record
from core.desk.installation import Requests
from core.errors import (
    ControlError,
    DaemonUnreachable,
    HookHarmful,
    MailwardError,
    PanelAbsent,
    PanelBroken,
    PlanError,
)
from core.panel import Change, HookState, MailDomain, MailHook, PanelInfo
from core.system import files, ownership
from core.system.files import FileState

if TYPE_CHECKING:
    from core.control import Control
    from core.panel import Panel
    from core.settings.config import Config

NAME: Final = "repairs.json"
"""Beside the undo records: only root may write it."""

ROUNDS: Final = 6
HOUR: Final = 3600.0
"""So many times an hour the same thing is set right; then it is left as it is, and told."""


LOOKS: Final = 4
"""At most so many one after the other."""


class Repair(Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        name: what: ``hook postfix``, ``panel``, ``domains``.
        done: it was set right just now.
        problem: what is wrong with it, "" when nothing is.
    """

    name: str
    done: bool = False
    problem: str = ""


class Rounds(Struct):
    """What is remembered from one look to the next.

    Attributes:
        times: when which thing was set right, seconds since 1970, the newest last.
        retired: hooks that were taken back because their mail server has no place here any more,
            or is set so that they would do harm; they come back when that is over.
    """

    times: dict[str, list[float]] = {}
    retired: list[str] = []

    def count(self, name: str, now: float) -> int:
        """How often within the last hour."""
        return sum(now - HOUR < at <= now for at in self.times.get(name, ()))

    def note(self, name: str, now: float) -> None:
        """It was set right."""
        self.times[name] = [*self.times.get(name, ()), now][-ROUNDS:]


class Repairer:
    """Looks at everything, until it stays as it is.

    Args:
        config: where everything is.
        panel: this server's panel, which root may ask.
        control: the way to the daemon.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        config: Config,
        panel: Panel,
        control: Control,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._panel = panel
        self._control = control
        self._clock = clock
        self._records = hooks.records(config)

    def run(self, *, probe: bool = True) -> list[Repair]:
        """Look, and set right what is not as it was installed. Never raises.

        A file that changes meanwhile brings nobody afterwards: while its service runs, systemd does
        not watch for it (systemd.path(5)). So the look is repeated until nothing has changed.

        Args:
            probe: knock at the mail server's ports after a hook was set right, and roll back
                where the daemon is not asked.
        """
        found: dict[str, Repair] = {}
        for _ in range(LOOKS):
            before = self._files()
            for each in self._look(probe):
                earlier = found.get(each.name)
                done = each.done or (earlier is not None and earlier.done)
                found[each.name] = msgspec.structs.replace(each, done=done)
            if self._files() == before:
                break
        return list(found.values())

    def _look(self, probe: bool) -> list[Repair]:
        tests = hook_record.tests_among(self._take_requests())
        rounds = self._rounds()
        found = [self._remember_panel(), *self._registration(rounds), *self._hooks(rounds, probe)]
        self._keep(rounds)
        with suppress(MailwardError, OSError):  # said above; the pages show what they knew
            hook_record.write(self._config, self._panel, self._control, tests)
        return found

    def _files(self) -> list[tuple[int, int, int] | None]:
        """What tells one state of the watched files from another; None where there is none."""
        found: list[tuple[int, int, int] | None] = []
        try:
            bridge = self._panel.bridge()
        except MailwardError:
            bridge = None
        for name in installation.watched(bridge):
            try:
                status = Path(name).stat()
            except OSError:
                found.append(None)
            else:
                found.append((status.st_mtime_ns, status.st_ino, status.st_size))
        return found

    def _remember_panel(self) -> Repair:
        """Write down what the panel says, for those who may not ask it."""
        try:
            record = panel_record.found(self._panel, self._clock())
            known = self._known_panel()
            panel_record.write(self._config, record)
        except (MailwardError, OSError) as error:
            return Repair("panel", problem=str(error))
        if known != (record.info, record.domains):
            with suppress(ControlError):  # it looks by itself, later
                self._control.call("reload")
        return Repair("panel")

    def _known_panel(self) -> tuple[PanelInfo, tuple[MailDomain, ...]] | None:
        try:
            known = panel_record.read(self._config)
        except PanelBroken:
            return None
        return known.info, known.domains

    def _registration(self, rounds: Rounds) -> list[Repair]:
        """One that was never applied is nobody's wish, as with hooks."""
        try:
            change = self._panel.registration(self._records)
        except MailwardError as error:
            return [Repair("registration", problem=str(error))]
        return [] if change is None else [self._apply("registration", change, rounds, None)]

    def _hooks(self, rounds: Rounds, probe: bool) -> list[Repair]:
        try:
            gone = hooks.hooks(self._config, self._panel, retired=True)
            found = hooks.hooks(self._config, self._panel)
        except PanelAbsent:
            found = []
        except MailwardError as error:
            return [Repair("hooks", problem=str(error))]
        taken = [self._take_back(each, rounds) for each in gone]
        return taken + [self._hook(each, rounds, probe) for each in found]

    def _take_back(self, each: MailHook, rounds: Rounds) -> Repair:
        """Leave a mail server that no longer has a place here: another was chosen."""
        name = f"hook {each.name}"
        try:
            change = each.recorded()
            done = change is not None and change.undo()
        except (MailwardError, OSError) as error:
            return Repair(name, problem=str(error))
        if done:
            rounds.retired = sorted({*rounds.retired, name})
        # Whether a server that does not run was told of it does not matter.
        return Repair(name, done)

    def _hook(self, each: MailHook, rounds: Rounds, probe: bool) -> Repair:
        name = f"hook {each.name}"
        try:
            # One that was never applied is nobody's wish; `mailward status` names it.
            wished = each.recorded() is not None or name in rounds.retired
            if not wished or each.verify() is HookState.INSTALLED:
                return Repair(name)
            confirm = confirmation(self._control, each) if probe else None
            return self._apply(name, each.plan(), rounds, confirm)
        except HookHarmful as error:  # better no guard than no mail; it comes back when it may
            taken = self._take_back(each, rounds)
            problem = "; ".join(filter(None, (str(error), taken.problem)))
            return Repair(name, taken.done, problem)
        except (MailwardError, OSError) as error:
            return Repair(name, problem=str(error))

    def _apply(
        self, name: str, change: Change, rounds: Rounds, confirm: Callable[[], None] | None
    ) -> Repair:
        now = self._clock()
        if rounds.count(name, now) >= ROUNDS:
            return Repair(
                name,
                problem=f"somebody undoes it again and again; it was set right {ROUNDS} times "
                "within an hour and is now left as it is. Find out who, then run "
                "`mailward reconcile --again`",
            )
        try:
            done = change.resume(confirm)
            if not done:
                # Who had it taken back while this waited for its turn does not want it again.
                again = name not in rounds.retired
                # It has been seen to work. While the daemon is away nobody can see that again;
                # what is put back now asks it as soon as it is there.
                seen = again and confirm is not None and self._is_away()
                done = change.apply(None if seen else confirm, again=again)
        except (MailwardError, OSError) as error:
            return Repair(name, problem=str(error))
        if done:
            rounds.note(name, now)
            rounds.retired = [each for each in rounds.retired if each != name]
        return Repair(name, done, "; ".join(change.left))

    def _is_away(self) -> bool:
        """Whether the daemon cannot be asked at all."""
        try:
            self._control.call("status")
        except DaemonUnreachable:
            return True
        except ControlError:
            return False
        return False

    def forget_rounds(self) -> None:
        """Begin to count anew: a person has looked."""
        self._keep(Rounds(retired=self._rounds().retired))

    def _rounds(self) -> Rounds:
        try:
            return msgspec.json.decode((self._records / NAME).read_bytes(), type=Rounds)
        except (OSError, msgspec.DecodeError):
            return Rounds()

    def _keep(self, rounds: Rounds) -> None:
        try:
            self._records.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.write(self._records / NAME, FileState(msgspec.json.encode(rounds), 0o600))
        except OSError:
            return  # a full disk must not stop what was set right

    def _take_requests(self) -> list[str]:
        """What was asked for is done by this very look; names beyond ours are removed, too."""
        return ownership.empty(self._config.state / Requests.FOLDER)


def confirmation(control: Control, each: MailHook) -> Callable[[], None]:
    """Makes sure, after a hook's change, that the daemon is really asked."""

    def confirm() -> None:
        # The daemon may have had no folder for its socket until now.
        try:
            control.call("reload")
        except ControlError as error:
            raise PlanError(f"the daemon cannot be told: {error}") from error
        each.probe(hooks.seen_by(control))

    return confirm
