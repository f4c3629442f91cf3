"""How Mailward is, as one picture for the command line and the dashboard.

Puts together what the daemon says of itself and what can be seen without it. Decides how grave a
problem is and what to do about it; finds none itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from core.desk.text import counted
from core.errors import ControlError, DaemonUnreachable, MailwardError
from core.sources.status import SourceStatus
from core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.control import Control
    from core.desk.desk import Desk
    from core.desk.hooks import HookReport


class Light(StrEnum):
    """Green: all is well. Amber: it guards, and something wants a look. Red: it does not guard, or
    not as it is set."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Problem(Struct, frozen=True):
    """One thing that is not as it should be.

    Attributes:
        part: which part has it: daemon, store, ``data country``, ``hook postfix`` ...
        text: what is wrong.
        advice: what to do about it, "" where the text says it or nothing can be done.
        light: how grave it is.
    """

    part: str
    text: str
    advice: str = ""
    light: Light = Light.RED


class StageSeen(Struct, frozen=True):
    """How often a question was asked since the daemon started, and when last (0 for never)."""

    stage: str
    asked: int
    last: float


class Picture(Struct, frozen=True):
    """How Mailward is.

    Attributes:
        light: the gravest of the problems.
        problems: the gravest first.
        reachable: whether the daemon answers.
        answer: all that it says of itself (`mailward status --json`); empty when it does not.
        stages: when mail servers last asked.
        sources: the country and network data, with their ages.
        hooks: as their configuration looks; empty when nobody wanted to know.
        blocked: accounts that are blocked now, None when nobody knows.
        notify_missing: nobody is told when an account is blocked.
    """

    light: Light
    problems: tuple[Problem, ...]
    reachable: bool
    answer: dict[str, Any]
    stages: tuple[StageSeen, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    hooks: tuple[HookReport, ...] = ()
    blocked: int | None = None
    notify_missing: bool = False


_ADVICE: Final = {
    "daemon": N_("Start the service mailward; its log says why it ended."),
    "notify.address": N_("Set notify.address to the administrator's mail address."),
    "country.list": N_("Fill country.list, or set country.mode to off."),
    "server_country": N_("Set country.server to the country that this server is in."),
    "data": N_("Run `mailward update`."),
    "list": N_("Look at `mailward lists`; what a list does not know, it refuses nobody for."),
    "share.file": N_("Make the folder writable for the user mailward, or set another file."),
    "hook": N_("Run `mailward hook plan`, then `mailward hook apply` as root."),
    "door": N_("Look whether another program uses that socket or port, and restart mailward."),
    "ledger": N_("Make room on the disk, or mend its rights; blocks count until then, too."),
    "store": N_("Look at the disk and its rights; decisions go on meanwhile."),
    "log": N_("Look at the log directory's disk and rights; the store has the events, too."),
    "logs": N_(
        "Let the user mailward read the log, or say in logs.follow of mailward.toml where it is."
    ),
    "report": N_("Run `mailward report send`: it says what the mail system says to it."),
    "licence": N_("Make room on the disk, or mend its rights; what is permitted stays as it was."),
    "asked": N_("Run `mailward hook verify`: it knocks at every port and says what is wrong."),
    "webhook": N_("Run `mailward test-webhook`: it says what the receiver answers."),
    "bans": N_(
        "Look at the state directory's disk and rights; attackers are refused all the same."
    ),
    "faults": N_("Send the last fault to Mailward's makers; `mailward diagnostics` packs it."),
}
"""First word of a part -> what to do."""

_AMBER: Final = frozenset(
    {
        "notify.address",
        "country.list",
        "log",
        "report",
        "bans",
        "webhook",
        "list",
        "share.file",
        "licence",
        "logs",
    }
)
"""Parts whose problems leave the server guarded. So do those of lists of networks, and those of
country data that still answer, such as old ones."""

DATABASES: Final = frozenset({"country", "asn"})
"""Sources without which nobody is judged by country or by network."""

_GRAVITY: Final = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2}


def _problem(part: str, text: str, light: Light | None = None) -> Problem:
    kind, _, name = part.partition(" ")
    if light is None:
        mild = kind in _AMBER or (kind == "data" and name not in DATABASES)
        light = Light.AMBER if mild else Light.RED
    return Problem(part, text, _ADVICE.get(kind, ""), light)


def paint(control: Control) -> Picture:
    """The picture from the daemon alone.

    Raises:
        ControlError: the daemon refuses to say.
    """
    try:
        answer = control.call("status")
    except DaemonUnreachable as error:
        return _painted([_problem("daemon", str(error))], reachable=False)
    sources = tuple(msgspec.convert(answer["sources"], list[SourceStatus]))
    answering = {f"data {source.name}" for source in sources if _answers(source)}
    problems = [
        _problem(part, str(text), Light.AMBER if part in answering else None)
        for part, text in answer["problems"].items()
    ]
    stages = tuple(
        StageSeen(stage, seen["asked"], seen["last"]) for stage, seen in answer["stages"].items()
    )
    if not any(stage.asked for stage in stages):
        problems.append(_problem("asked", N_("no mail server has asked yet"), Light.AMBER))
    if not answer["server_country"]:
        text = N_("the server's own country is not known")
        problems.append(_problem("server_country", text, Light.AMBER))
    if answer["faults"]:
        text = f"{counted(answer['faults'], 'own fault')}, each of which let a request pass"
        problems.append(_problem("faults", text, Light.AMBER))
    return _painted(
        problems,
        reachable=True,
        answer=answer,
        stages=stages,
        sources=sources,
        blocked=answer["blocked"],
        notify_missing="notify.address" in answer["problems"],
    )


def _answers(source: SourceStatus) -> bool:
    """Whether it is there, though it may be old: what it says counts then."""
    return bool(source.entries or source.vintage)


def _painted(problems: list[Problem], *, reachable: bool, **known: Any) -> Picture:
    problems.sort(key=lambda problem: _GRAVITY[problem.light])
    known.setdefault("answer", {})
    return Picture(light=gravest(problems), problems=tuple(problems), reachable=reachable, **known)


def picture(desk: Desk, *, hooks: bool = False) -> Picture:
    """The whole picture, also while the daemon is down. Never raises.

    Args:
        desk: whose.
        hooks: look at the mail servers' configuration, too, which may take a second.
    """
    try:
        found = paint(desk.control)
    except ControlError as error:
        found = _painted([_problem("daemon", str(error))], reachable=False)
    problems = list(found.problems)
    known = {name: getattr(found, name) for name in ("answer", "stages", "sources", "blocked")}
    known["notify_missing"] = found.notify_missing
    if not found.reachable:
        problems += _without_daemon(desk, known)
    if hooks:
        known["hooks"], wrong = looked_at(desk)
        problems += wrong
    return _painted(problems, reachable=found.reachable, **known)


def _without_daemon(desk: Desk, known: dict[str, Any]) -> list[Problem]:
    """What can be seen on the disk."""
    # Loads the store and the sources, which the daemon's own word makes unnecessary.
    from core.desk import blocks  # noqa: PLC0415
    from core.sources.sources import Sources  # noqa: PLC0415

    problems: list[Problem] = []
    try:
        known["notify_missing"] = not desk.rules().resolved.server.notify.address
        if desk.has_store and desk.store.problem:
            problems.append(_problem("store", desk.store.problem))
    except MailwardError as error:
        problems.append(_problem("store", str(error)))
    if known["notify_missing"]:
        text = N_("nobody is told when an account is blocked")
        problems.append(_problem("notify.address", text))
    try:
        known["blocked"] = len(blocks.on_record(desk).blocked)
    except MailwardError as error:
        problems.append(_problem("ledger", str(error)))
    sources = Sources.open(desk.config.data)
    try:
        known["sources"] = tuple(sources.status())
    finally:
        sources.close()
    problems += [
        _problem(f"data {s.name}", s.problem, Light.AMBER if _answers(s) else None)
        for s in known["sources"]
        if s.problem
    ]
    return problems


def looked_at(desk: Desk) -> tuple[tuple[HookReport, ...], tuple[Problem, ...]]:
    """How the mail servers' configuration looks, what is wrong with it, and what collides with us.

    Whoever may not look takes what root found last, and raises no alarm over it. Never raises.
    May take a second, because the mail servers' own programs are asked.

    Args:
        desk: whose.
    """
    from core.desk import conflicts, hook_record  # noqa: PLC0415  needed by few, and load more

    problems = list(conflicts.problems(conflicts.look()))
    try:
        found = tuple(each.report for each in hook_record.look(desk.config, desk.panel))
    except MailwardError as error:
        return (), (_problem("hook", str(error)), *problems)
    for each in found:
        if not each.is_good:
            light = Light.AMBER if each.state == "unknown" else Light.RED
            problems.append(_problem(f"hook {each.name}", each.problem or each.state, light))
    problems.sort(key=lambda problem: _GRAVITY[problem.light])
    return found, tuple(problems)


def gravest(problems: Iterable[Problem]) -> Light:
    """The light that problems give together."""
    return min((p.light for p in problems), key=_GRAVITY.__getitem__, default=Light.GREEN)
