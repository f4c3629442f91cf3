"""The mail servers' hooks as the desk sees them: which there are, are they in place, do they ask?

Looks only; making and undoing them is the business of `mailward hook`, which needs root.
"""

from __future__ import annotations

import pwd
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from core.errors import (
    ControlError,
    DaemonUnreachable,
    MailwardError,
    PanelAbsent,
    PlanError,
    StoreError,
)
from core.panel import Doors, HookState, Knock, Knocker, MailHook
from core.system import secret_file

if TYPE_CHECKING:
    from core.control import Control
    from core.panel import Panel
    from core.settings.config import Config

Answer = Literal["asked", "not asked", "cannot say"]

_WORST_FIRST: tuple[Answer, ...] = ("not asked", "asked")
"""A port that asked proves nothing for one that did not."""


class HookReport(Struct, frozen=True):
    """What is true of one hook.

    Attributes:
        name: of the hook: postfix, dovecot ...
        state: as `core.panel.HookState`; "interrupted" while a change of it is half done; "unknown"
            where the configuration cannot be read.
        probed: whether the mail server's ports were knocked at.
        answer: whether the daemon was asked about the knocks.
        problem: what is wrong, or why nobody can say; "" when all is well.
        ports: what came of each port; empty where the hook does not tell of them one by one.
    """

    name: str
    state: str
    probed: bool = False
    answer: Answer = "cannot say"
    problem: str = ""
    ports: tuple[Knock, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it is in place, and nothing that was tried went wrong."""
        return self.state == HookState.INSTALLED and not self.problem


def records(config: Config) -> Path:
    """Where the undo records lie: beside the state directory, not in it.

    Root writes into foreign files what stands in them, so the daemon's user must not be able to
    replace them; the state directory is his.
    """
    return config.state.with_name(f"{config.state.name}-undo")


def hooks(
    config: Config,
    panel: Panel,
    name: str | None = None,
    *,
    only_look: bool = False,
    retired: bool = False,
) -> list[MailHook]:
    """The hooks of the mail servers that run here.

    Args:
        config: where everything is.
        panel: which knows them.
        name: only the one of that name; None for all.
        only_look: make nothing that is missing, neither the state directory nor the secret that
            Dovecot sends. Without a secret its hook cannot be in place, which verifying it shows.
        retired: instead those on record whose mail servers have no place here any more.

    Raises:
        PanelAbsent: there is none, where they were not asked for as `retired`.
        StoreError: the state directory cannot be used, as by somebody who may not read it.
    """
    try:
        place = config.state / "dovecot.secret"
        if only_look:
            secret = secret_file.look(place) or secrets.token_hex(32)
        else:
            config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
            secret = secret_file.read(place)
        owner = _owner(config.state)
    except OSError as error:
        raise StoreError(f"{config.state} cannot be used: {error.strerror}") from error
    dovecot = config.listen.dovecot
    doors = Doors(config.policy, "" if dovecot == "off" else dovecot, secret, owner)
    found = panel.hooks(doors, records(config))
    if name is not None:
        found = [each for each in found if each.name == name]
    found = [each for each in found if bool(each.stages) is not retired]
    if not found and not retired:
        wanted = f"{name} is not" if name else "no mail server that can be asked to ask us is"
        raise PanelAbsent(f"{wanted} installed here")
    return found


def _owner(state: Path) -> str:
    """The daemon's user: whose the state directory is; root before there is one."""
    try:
        return pwd.getpwuid(state.stat().st_uid).pw_name
    except (FileNotFoundError, KeyError):
        return "root"


def seen_by(control: Control) -> Callable[[str], bool]:
    """Whether the daemon has seen a question with a marker, as hooks want to know it.

    Raises:
        PlanError: (when called) the daemon cannot say.
    """

    def asked(marker: str) -> bool:
        try:
            return bool(control.call("seen", marker=marker)["seen"])
        except ControlError as error:
            raise PlanError(f"the daemon cannot say whether it was asked: {error}") from error

    return asked


def verify(found: list[MailHook]) -> list[HookReport]:
    """Look at each hook's configuration, without knocking. One that fails does not hide others."""
    return [_looked(each) for each in found]


def self_test(found: list[MailHook], control: Control) -> list[HookReport]:
    """Look at each hook, and knock at its ports to see whether the daemon is really asked.

    Takes up to half a minute. Never raises: what is wrong stands in the reports.
    """
    try:
        control.call("status")
        away = ""
    except DaemonUnreachable as error:
        away = str(error)
    except ControlError as error:
        away = f"the daemon refuses to say: {error}"
    asked = seen_by(control)
    return [_tested(each, asked, away) for each in found]


def _looked(each: MailHook) -> HookReport:
    try:
        interrupted = _interrupted(each)
        if interrupted:
            return HookReport(
                each.name,
                "interrupted",
                problem=f"a change was interrupted while {interrupted}: finish it with "
                f"`mailward hook resume {each.name}`, or take it back with "
                f"`mailward hook undo {each.name}`",
            )
        return HookReport(each.name, each.verify())
    except MailwardError as error:
        return HookReport(each.name, "unknown", problem=str(error))


def _interrupted(each: MailHook) -> str:
    """What was being done when a change of the hook ended without finishing, "" when none did."""
    change = each.recorded()
    return str(getattr(change, "interrupted", None) or "")


def _tested(each: MailHook, asked: Callable[[str], bool], away: str) -> HookReport:
    found = _looked(each)
    if found.state != HookState.INSTALLED:
        return found
    if away:
        return HookReport(each.name, found.state, problem=f"not knocked at: {away}")
    try:
        if isinstance(each, Knocker):
            return _told(each.name, each.knock(asked))
        each.probe(asked)
    except MailwardError as error:
        return HookReport(each.name, found.state, True, "not asked", str(error))
    return HookReport(each.name, found.state, True, "asked")


def _told(name: str, knocks: list[Knock]) -> HookReport:
    """A hook's report from those of its ports."""
    answers = {knock.answer for knock in knocks}
    asked: Iterator[Answer] = (each for each in _WORST_FIRST if each in answers)
    problems = dict.fromkeys(knock.problem for knock in knocks if knock.problem)
    return HookReport(
        name,
        HookState.INSTALLED,
        True,
        next(asked, "cannot say"),
        "; ".join(problems),
        tuple(knocks),
    )
