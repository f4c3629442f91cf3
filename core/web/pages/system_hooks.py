"""Mail servers: is each hook in place, who was asked when, and does it really ask?

Looking needs to read the mail server's configuration, knocking needs nothing; changing needs root,
so the page says what to type.
"""

from __future__ import annotations

from typing import Final

from flask_babel import gettext, lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import hook_record
from core.desk.hooks import HookReport
from core.desk.picture import Picture, paint
from core.errors import ControlError, MailwardError
from core.labels import STAGE_EXPLANATIONS, STAGES
from core.panel import HookState
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.jobs import Busy, Job, Watch, jobs
from core.web.notices import back_to, tell
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.visitor import visitor
from core.words import Stage

KIND: Final = "self-test"

STATES: Final = {
    HookState.INSTALLED: ("good", lazy_gettext("in place")),
    HookState.MISSING: ("bad", lazy_gettext("not in place")),
    HookState.EDITED: ("warn", lazy_gettext("edited by someone else")),
    "interrupted": ("bad", lazy_gettext("half done")),
    "unknown": ("warn", lazy_gettext("cannot be looked at")),
}
"""Tone of a badge and word, by the state of a hook."""

ANSWERS: Final = {
    "asked": ("good", lazy_gettext("asks")),
    "not asked": ("bad", lazy_gettext("does not ask")),
    "cannot say": ("plain", lazy_gettext("greets; it need not ask before a login")),
}
"""Likewise, by what came of a knock."""


class HookLine(Struct, frozen=True):
    """One hook as the page shows it.

    Attributes:
        name: of the hook.
        title: of the mail server.
        tone, state: its badge.
        problem: what is wrong.
        stages: at which moments it asks, in words.
        command: what root types to put it right, "" when nothing is to be done.
    """

    name: str
    title: str
    tone: str
    state: str
    problem: str
    stages: tuple[str, ...]
    command: str


class StageLine(Struct, frozen=True):
    """One moment: how often it was asked about since the daemon began, and when last."""

    title: str
    about: str
    asked: int
    last: float


@allow(ADMIN)
def show() -> str:
    """The page."""
    picture = _picture()
    test = jobs(parts().clock).last(KIND)
    found, problem = _hooks()
    return tab_page(
        "system_hooks.html",
        "system.show",
        hooks=found,
        problem=problem,
        reachable=picture is not None and picture.reachable,
        stages=_stages(picture),
        untrusted=picture.answer.get("untrusted", 0) if picture else 0,
        test=test,
        reports=_reports(test),
        states=STATES,
        answers=ANSWERS,
        now=parts().clock(),
    )


@allow(ADMIN)
def test() -> Response:
    """Knock at every port, in the background: it takes up to half a minute."""
    here, desk = parts(), parts().desk(visitor().who)

    def work(_: Watch) -> list[HookReport]:
        return hook_record.self_test(desk.config, desk.panel, desk.control)

    try:
        jobs(here.clock).start(KIND, visitor().who, work)
    except Busy:
        tell(gettext("Something else is at work; try again when it is done."), "warn")
    return back_to("system.show", _anchor="test")


def _picture() -> Picture | None:
    try:
        return paint(parts().control)
    except ControlError:
        return None


def _hooks() -> tuple[list[HookLine], str]:
    here = parts()
    try:
        found = hook_record.look(here.config, here.panel)
    except MailwardError as error:
        return [], said(error)
    return [_line(each.report, each.stages) for each in found], ""


def _reports(test: Job | None) -> list[HookReport]:
    return test.result if test is not None and isinstance(test.result, list) else []


def _line(report: HookReport, stages: frozenset[Stage]) -> HookLine:
    tone, state = STATES.get(report.state, ("warn", report.state))
    return HookLine(
        name=report.name,
        title=report.name.capitalize(),
        tone=tone,
        state=str(state),
        problem=report.problem,
        stages=tuple(str(gettext(STAGES[stage])) for stage in Stage if stage in stages),
        command=_command(report),
    )


def _command(report: HookReport) -> str:
    if report.state in (HookState.MISSING, HookState.EDITED):
        return f"mailward hook plan {report.name}\nmailward hook apply {report.name}"
    if report.state == "interrupted":
        return f"mailward hook resume {report.name}"
    if report.state == "unknown":
        return f"mailward hook verify {report.name}"
    return ""


def _stages(picture: Picture | None) -> list[StageLine]:
    seen = {each.stage: each for each in picture.stages} if picture else {}
    return [
        StageLine(
            str(gettext(STAGES[stage])),
            str(gettext(STAGE_EXPLANATIONS[stage])),
            seen[stage].asked,
            seen[stage].last,
        )
        for stage in Stage
        if stage in seen
    ]
