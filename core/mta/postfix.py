"""How a Postfix is made to ask the daemon: the hook that plans, verifies and probes it.

The questions are Postfix's own policy delegation (SMTPD_POLICY_README), so nothing is linked into
the mail server, and a daemon that is away means no opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.errors import PlanError
from core.mta import (
    main_cf,
    master_cf,
    postfix_config,
    postfix_connect,
    postfix_edits,
    postfix_probe,
)
from core.mta.knock import Door
from core.mta.main_cf import ListEntry
from core.mta.master_cf import ServiceOption
from core.mta.postfix_config import PostfixConfig
from core.mta.postfix_edits import PostfixEdits
from core.panel import HookState, Knock
from core.system.blocks import MarkedBlock
from core.system.edits import Edit, EditState, revert_all, state_of_all
from core.system.file_steps import EditFile
from core.system.host import Host
from core.system.plan import ChangePlan
from core.system.steps import Command, MakeDirectory, Step
from core.words import Stage

SETTLED = 3.0
"""Seconds. While main.cf is younger than two every Postfix program that starts waits, lest it reads
half a file: with a file that is replaced as a whole that would only make clients wait."""

KINDS: tuple[type[Edit], ...] = (MarkedBlock, ListEntry, ServiceOption)


class PostfixHook:
    """A Postfix instance and our questions in it.

    Args:
        host: the machine.
        endpoint: where the daemon listens: `unix:PATH` (below Postfix's queue directory where any
            smtpd is in a chroot) or `tcp:HOST:PORT`.
        state: folder of undo records.
        connect: also ask before the login, on submission services.
        services: names in master.cf of those services; None: found by what they do.
        config_directory: of the instance; "" for the machine's main one.
        socket_owner: the user as whom the daemon makes its socket.
    """

    name = "postfix"

    def __init__(
        self,
        host: Host,
        endpoint: str,
        state: Path,
        *,
        connect: bool = True,
        services: Collection[str] | None = None,
        config_directory: str = "",
        socket_owner: str = "root",
    ) -> None:
        self.host = host
        self.stages = frozenset(Stage) if connect else frozenset({Stage.AUTH, Stage.SEND})
        self._endpoint = endpoint
        self._state = state
        self._services = services
        self._directory = config_directory
        self._socket_owner = socket_owner

    def plan(self) -> ChangePlan:
        """The changes that would install the hook, from whatever is in the files now.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported: see `postfix_config.read`.
            PlanError: it cannot be installed as wanted.
        """
        config = postfix_config.read(self.host, self._directory)
        installed = self._installed(config)
        self._refuse_unrecorded(config, installed)
        edits = self._edits(_without(config, installed))
        place = config.directory
        steps: list[Step] = [
            EditFile(f"{place}/main.cf", tuple(edits.main), installed["main.cf"], age=SETTLED),
            EditFile(f"{place}/master.cf", tuple(edits.master), installed["master.cf"]),
            Command(("postfix", "-c", place, "check"), check=True),
            *_smtpd_checks(config, edits.master),
            Command(("postfix", "-c", place, "reload")),
        ]
        folder = self._socket_folder(config)
        if folder is not None:
            steps.insert(0, folder)
        title = f"Make Postfix {config.version} in {place} ask Mailward"
        return ChangePlan(
            self.host, self._state, self.name, title, steps, notes=edits.notes, kinds=KINDS
        )

    def recorded(self) -> ChangePlan | None:
        """The change that is in place or was interrupted, to undo or resume it."""
        return ChangePlan.recorded(self.host, self._state, self.name, KINDS)

    def verify(self) -> HookState:
        """Compare what is in the files with what the plan would write.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported, PlanError: as `plan`.
        """
        config = postfix_config.read(self.host, self._directory)
        installed = self._installed(config)
        bare = _without(config, installed)
        if not any(installed.values()) or bare == config:
            return HookState.EDITED if _mentions_us(config) else HookState.MISSING
        edits = self._edits(bare)
        present = (
            state_of_all(edits.main, config.main),
            state_of_all(edits.master, config.master),
        ) == (EditState.PRESENT, EditState.PRESENT)
        planned = {"main.cf": tuple(edits.main), "master.cf": tuple(edits.master)}
        return HookState.INSTALLED if present and planned == installed else HookState.EDITED

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Knock at every SMTP port; the daemon must be asked about each guarded one.

        Args:
            asked: whether the daemon has seen a request with this client port.

        Raises:
            PlanError: a port shows no banner, or the daemon was not asked.
        """
        postfix_probe.probe(*self._doors(), asked)

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        """As `probe`, and tells of every port.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported, PlanError: as `plan`.
        """
        return list(postfix_probe.knocks(*self._doors(), asked))

    def _doors(self) -> tuple[Iterator[Door], Iterator[Door]]:
        """The guarded doors, and the others."""
        config = postfix_config.read(self.host, self._directory)
        guarded = {
            each.key for each in self._edits(_without(config, self._installed(config))).guarded
        }
        services = config.services
        return (
            postfix_probe.doors(config, [each for each in services if each.key in guarded]),
            postfix_probe.doors(config, [each for each in services if each.key not in guarded]),
        )

    def _refuse_unrecorded(
        self, config: PostfixConfig, installed: dict[str, tuple[Edit, ...]]
    ) -> None:
        if _mentions_us(config) and not any(installed.values()):
            raise PlanError(
                f"main.cf and master.cf in {config.directory} hold lines of Mailward, but what was "
                f"there before is not on record in {self._state} any more. Restore that folder, or "
                "take everything that mentions mailward out of both files by hand, and try again"
            )

    def _edits(self, bare: PostfixConfig) -> PostfixEdits:
        return postfix_edits.build(bare, self._endpoint, self.stages, self._services)

    def _installed(self, config: PostfixConfig) -> dict[str, tuple[Edit, ...]]:
        """The edits on record, by file name."""
        recorded = self.recorded()
        found: dict[str, tuple[Edit, ...]] = {"main.cf": (), "master.cf": ()}
        for step in recorded.steps if recorded else ():
            if isinstance(step, EditFile) and step.path.startswith(f"{config.directory}/"):
                found[PurePosixPath(step.path).name] = step.edits
        return found

    def _socket_folder(self, config: PostfixConfig) -> MakeDirectory | None:
        """The folder for a socket below the queue directory; not `private`, which Postfix makes
        and may be missing (facts/mta_hooks.md 2.4). The group bit gives the socket its group."""
        kind, _, place = self._endpoint.partition(":")
        folder = str(PurePosixPath(place).parent)
        queue = config.value("queue_directory")
        if kind != "unix" or not folder.startswith(f"{queue.rstrip('/')}/"):
            return None
        return MakeDirectory(folder, 0o2750, self._socket_owner, config.value("mail_owner"))


def _without(config: PostfixConfig, installed: dict[str, tuple[Edit, ...]]) -> PostfixConfig:
    """The instance as it would be without anything of ours."""
    main = revert_all(installed["main.cf"], config.main).text
    master = revert_all(installed["master.cf"], config.master).text
    return replace(config, main=main, master=master)


def _mentions_us(config: PostfixConfig) -> bool:
    """Whether a value of the instance is one of ours; comments do not count."""
    options = (each.value for service in config.services for each in service.options.values())
    ours = any(main_cf.value(config.main, f"mailward_{stage}") for stage in Stage)
    return ours or any(master_cf.OURS in value for value in options)


def _smtpd_checks(config: PostfixConfig, edits: Iterable[Edit]) -> Iterator[Command]:
    """Let smtpd itself read the new settings, in its stand-alone mode (smtpd(8), -S).

    `postfix check` looks at files and rights only. This finds a policy option that the installed
    version does not know: fatal for a port, and after a fatal error Postfix keeps the port closed
    for a minute (service_throttle_time), also when the settings are back.
    """
    smtpd = ("env", f"MAIL_CONFIG={config.directory}", f"{config.value('daemon_directory')}/smtpd")
    yield Command((*smtpd, "-S"), check=True)
    options: dict[str, list[str]] = {}
    for edit in edits:
        # With this one it would not only read the question, but ask it.
        if isinstance(edit, ServiceOption) and edit.name != postfix_connect.DELAY:
            options.setdefault(edit.service, []).extend(("-o", f"{edit.name}={edit.value}"))
    for listed in options.values():
        yield Command((*smtpd, "-S", *listed), check=True)
