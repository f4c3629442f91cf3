"""How an Exim is made to ask the daemon: the hook that plans, verifies and probes it.

Statements in its ACLs ask by ``${readsocket}``, in the words of Postfix's policy delegation; they
stand in files of ours, and other people's files get one line each. A daemon that is away means no
opinion (facts/mta_hooks.md 4).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from core.errors import HookHarmful, PlanError
from core.mta import exim_config, exim_places, exim_probe
from core.mta.exim_acl import AGAIN, FILES, NAMES, Wording
from core.mta.exim_blocks import LineBlock
from core.mta.exim_config import LOGIN_PORTS, EximConfig
from core.mta.exim_places import Places
from core.mta.knock import Door
from core.panel import HookState, Knock
from core.system import files
from core.system.blocks import MarkedBlock
from core.system.edits import Edit, EditState, apply_all, revert_all, state_of_all
from core.system.file_steps import EditFile, WriteFile
from core.system.host import Host
from core.system.plan import ChangePlan
from core.system.steps import Command, MakeDirectory, Step
from core.words import Stage

KINDS: tuple[type[Edit], ...] = (MarkedBlock, LineBlock)

CHECKED_ACCOUNT, CHECKED_ADDRESS = "mailward-check@invalid", "127.99.88.77"
"""Who has logged in, and from where, while Exim tries our statements without a client (`-bh`)."""

TYPED = 900
"""Octets of a line that is typed to `exim -be`."""

_DIALOGUE = """\
EHLO localhost\r
MAIL FROM:<>\r
RCPT TO:<postmaster>\r
DATA\r
Subject: a check of Mailward's, which goes nowhere\r
\r
.\r
QUIT\r
"""

_FAULTS = (
    *("failed to expand", 'invalid "condition" value', "Failed: "),
    *("unknown ACL", "451 Temporary local problem"),
)
"""What Exim says of a statement that it cannot follow: only when it comes to it."""


class EximHook:
    """An Exim and our questions in it.

    Args:
        host: the machine.
        endpoint: where the daemon listens: `unix:PATH` or `tcp:HOST:PORT`.
        state: folder of undo records.
        place: where our lines go; what finds that out, where it takes a look; None on a server
            without a panel.
        connect: also ask before the login.
        command: what Exim is called by.
    """

    name = "exim"

    def __init__(
        self,
        host: Host,
        endpoint: str,
        state: Path,
        *,
        place: Places | Callable[[EximConfig], Places] | None = None,
        connect: bool = True,
        command: str = "exim",
    ) -> None:
        self.host = host
        self.stages = frozenset(Stage) if connect else frozenset({Stage.AUTH, Stage.SEND})
        self._endpoint = endpoint
        self._state = state
        self._place = place
        self._command = command

    def plan(self) -> ChangePlan:
        """The changes that would install the hook, from whatever is in the files now.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported: see `exim_config.read`.
            HookHarmful: Exim is set so that it would break mail.
            PlanError: it cannot be installed as wanted.
        """
        config = exim_config.read(self.host, self._command)
        place = self._places(config)
        wording = self._wording(config, place)
        fragments = wording.fragments(place.points, connect=Stage.CONNECT in self.stages)
        _refuse_harm(config, place, fragments)
        steps: list[Step] = [
            MakeDirectory(place.folder),
            *(WriteFile(place.fragment(name), text.encode()) for name, text in fragments.items()),
            *self._file_steps(place),
            *place.more,
            *place.build,
            Command((config.command, "-bV"), check=True),
            Command(
                (config.command, "-be"),
                check=True,
                text="".join(f"{_typed(line)}\n" for line in wording.expansions(place.points)),
                unwanted=_FAULTS,
            ),
            _rehearsal(config, self._ports(place)),
            *place.reload,
        ]
        title = f"Make Exim {config.version} ask Mailward"
        return ChangePlan(
            self.host, self._state, self.name, title, steps, kinds=(*KINDS, *place.kinds)
        )

    def recorded(self) -> ChangePlan | None:
        """The change that is in place or was interrupted, to undo or resume it."""
        more = self._place.kinds if isinstance(self._place, Places) else ()
        return ChangePlan.recorded(self.host, self._state, self.name, (*KINDS, *more))

    def verify(self) -> HookState:
        """Compare what is in the files, and what Exim reads, with what the plan would make of it.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported, PlanError: as `plan`.
        """
        config = exim_config.read(self.host, self._command)
        place = self._places(config)
        if self.recorded() is None and not _mentions_us(config):
            return HookState.MISSING
        fragments = self._wording(config, place).fragments(
            place.points, connect=Stage.CONNECT in self.stages
        )
        _refuse_harm(config, place, fragments)  # an option may have come after us
        steps = [WriteFile(place.fragment(name), text.encode()) for name, text in fragments.items()]
        written = not any(step.pending(self.host) for step in steps)
        states = {state_of_all(e, self._text(path)) for path, e in place.edits().items()}
        if states == {EditState.ABSENT} and not _mentions_us(config):
            return HookState.MISSING
        read = all(
            f"set {NAMES[name]} = " in config.text
            for name, text in fragments.items()
            if f"set {NAMES[name]} = " in text
        )
        whole = written and read and states == {EditState.PRESENT}
        more = any(step.pending(self.host) for step in place.more if isinstance(step, EditFile))
        return HookState.INSTALLED if whole and not more else HookState.EDITED

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Knock at every SMTP port; the daemon must be asked about each guarded one.

        Args:
            asked: whether the daemon has seen a request with this client port.

        Raises:
            PlanError: a port shows no banner, or the daemon was not asked.
        """
        for knock in self._knocks(asked):
            if knock.problem:
                raise PlanError(knock.problem)

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        """As `probe`, and tells of every port.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported, PlanError: as `plan`.
        """
        return list(self._knocks(asked))

    def _knocks(self, asked: Callable[[str], bool]) -> Iterator[Knock]:
        config = exim_config.read(self.host, self._command)
        place = self._places(config)
        before = Stage.CONNECT in self.stages and any(
            FILES[point] == "connect" for point in place.points
        )
        logins = set(self._ports(place))
        guarded = logins if before else set()
        doors: list[Door] = [
            replace(door, name="submission")
            if door.name == "smtp" and door.port in logins
            else door
            for door in config.doors()
        ]
        return exim_probe.knocks(
            [door for door in doors if door.port in guarded],
            [door for door in doors if door.port not in guarded],
            asked,
        )

    def _places(self, config: EximConfig) -> Places:
        if isinstance(self._place, Places):
            return self._place
        return (self._place or exim_places.find)(config)

    def _ports(self, place: Places) -> tuple[int, ...]:
        return LOGIN_PORTS if place.ports is None else place.ports

    def _wording(self, config: EximConfig, place: Places) -> Wording:
        spared = []
        for user in place.spared:
            with contextlib.suppress(KeyError):  # a server without that user has no scripts of his
                spared.append(self.host.uid(user))
        try:
            return Wording(
                self._endpoint,
                self._ports(place),
                spared,
                proxied=config.proxied,
                passwd="passwd" in config.lookups,
                login=place.login,
                script_user=place.script_user,
            )
        except ValueError as error:
            raise PlanError(str(error)) from error

    def _file_steps(self, place: Places) -> Iterator[EditFile]:
        """The edits, also those that take our lines out of files that get none any more."""
        recorded = self.recorded()
        steps = recorded.steps if recorded else ()
        more = {step.subject for step in place.more if isinstance(step, EditFile)}
        old = {
            step.path: step.edits
            for step in steps
            if isinstance(step, EditFile) and step.path not in more
        }
        wanted = place.edits()
        for path in (*wanted, *(path for path in old if path not in wanted)):
            step = EditFile(path, wanted.get(path, ()), old.get(path, ()))
            _try(step, self._text(path))
            yield step

    def _text(self, path: str) -> str:
        state = files.read(self.host.path(path))
        return files.decode(state.data) if state else ""


def _typed(line: str) -> str:
    """A line for `exim -be`, which reads no more than 1023 octets at once: a backslash at the end
    says that it goes on. Blanks there, and at the next beginning, would be lost."""
    pieces = []
    while len(line) > TYPED:
        end = TYPED
        while line[end - 1].isspace() or line[end].isspace():
            end -= 1
        pieces.append(line[:end])
        line = line[end:]
    return "\\\n".join((*pieces, line))


def _try(step: EditFile, text: str) -> None:
    """Make the edits in memory, so that what is wrong with the file is told with its name."""
    try:
        apply_all(step.edits, revert_all(step.replaces, text).text)
    except PlanError as error:
        raise PlanError(f"{step.path}: {error}") from error


def _rehearsal(config: EximConfig, ports: tuple[int, ...]) -> Command:
    """Let Exim go through its ACLs as if somebody had logged in and sent a mail, which goes nowhere
    (Exim's manual, 5.4, `-bh`): `-bV` reads ACLs and does not follow them."""
    port = ports[0] if ports else 25
    client = ("-oMi", f"127.0.0.1.{port}", "-oMaa", "mailward", "-oMai", CHECKED_ACCOUNT)
    return Command(
        (config.command, *client, "-bh", f"{CHECKED_ADDRESS}.40000"),
        check=True,
        text=_DIALOGUE,
        unwanted=_FAULTS,
    )


def _mentions_us(config: EximConfig) -> bool:
    return any(name in config.text for name in NAMES.values())


def _refuse_harm(config: EximConfig, place: Places, fragments: dict[str, str]) -> None:
    """Where Exim could not follow our statements (see `exim_acl.AGAIN`), or would change them: it
    puts a macro's value wherever its name stands, inside other words too."""
    if config.strict and (AGAIN & set(place.points) or "connect" not in place.points):
        raise HookHarmful(
            "Exim's option strict_acl_vars is on, and this configuration has no place for Mailward "
            "where a connection begins: its variables cannot be made before they are read"
        )
    texts = [*fragments.values(), place.fragment("")]
    lines = [
        line for text in texts for line in text.splitlines() if not line.lstrip().startswith("#")
    ]
    for macro in sorted(config.macros):
        if any(macro in line for line in lines):
            raise HookHarmful(
                f"Exim's configuration defines a macro `{macro}`, a name that stands in what "
                "Mailward has to write: Exim would replace it there. Please rename the macro"
            )
