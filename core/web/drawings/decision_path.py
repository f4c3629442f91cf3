"""The way of a client through the stages and their checks: the drawing of "why was I refused?".

An ordered list with a joint before each check, so it is its own accessible version, reads well on a
telephone, and prints. Texts come from the page.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from core.web.drawings.element import element


class Outcome(StrEnum):
    """What came of a check or a stage.

    SILENT has no opinion; WATCH would refuse, and only notes it; UNASKED was not reached, because
    an earlier opinion had decided.
    """

    SILENT = "silent"
    ALLOW = "allow"
    WATCH = "watch"
    DEFER = "defer"
    REFUSE = "refuse"
    UNASKED = "unasked"


class Check(Struct, frozen=True):
    """One check.

    Attributes:
        outcome: gives the joint its shape and colour.
        name: of the check: "Country".
        says: the outcome as a word: "would refuse".
        detail: the evidence: "192.0.2.1 is in Vietnam: is not among the allowed".
        href: to the setting that decides, None for no link.
        link: the link's text: "set for example.org".
    """

    outcome: Outcome
    name: str
    says: str
    detail: str = ""
    href: str | None = None
    link: str = ""


class StageWay(Struct, frozen=True):
    """One stage.

    Attributes:
        outcome: what the stage decides; UNASKED when an earlier stage refused.
        name: of the stage: "Before the password".
        about: what counts there: "the server's settings only".
        checks: in the order they are asked.
        says: the decision as words: "Refused".
        detail: what the client reads, or a note.
    """

    outcome: Outcome
    name: str
    about: str
    checks: tuple[Check, ...]
    says: str
    detail: str = ""


def decision_path(title: str, stages: tuple[StageWay, ...], level: int = 3) -> Markup:
    """Draw the way.

    Args:
        title: what it is, for a screen reader: "The way of this client".
        stages: in the order they are reached.
        level: of the stages' headings on the page, 2 to 6.

    Raises:
        ValueError: there is no such level.
    """
    if not 2 <= level <= 6:
        raise ValueError(f"there is no heading of level {level}")
    items = (_stage(stage, level) for stage in stages)
    way = element("ol", *items, class_="mw-path", role="list", aria_label=title)
    return element("div", way, class_="mw-ways")


def _stage(stage: StageWay, level: int) -> Markup:
    head = element(
        "header",
        element(f"h{level}", stage.name, class_="mw-stage-name"),
        element("p", stage.about, class_="mw-stage-about") if stage.about else "",
    )
    checks = (_check(check) for check in stage.checks)
    end = element(
        "div",
        _joint(stage.outcome),
        element(
            "div",
            element("strong", stage.says, class_=f"mw-says mw-says-{stage.outcome}"),
            element("p", element("bdi", stage.detail), class_="mw-detail") if stage.detail else "",
        ),
        class_="mw-stage-end",
    )
    return element(
        "li",
        head,
        element("ol", *checks, class_="mw-checks", role="list") if stage.checks else "",
        end,
        class_=f"mw-stage mw-stage-{stage.outcome}",
    )


def _check(check: Check) -> Markup:
    more = [element("bdi", check.detail)] if check.detail else []
    if check.href is not None:
        more += [Markup(" "), element("a", check.link, href=check.href)]
    return element(
        "li",
        _joint(check.outcome),
        element(
            "div",
            element("span", check.name, class_="mw-check-name"),
            " ",
            element("span", check.says, class_=f"mw-says mw-says-{check.outcome}"),
            element("p", *more, class_="mw-detail") if more else "",
        ),
        class_="mw-check",
    )


def _joint(outcome: Outcome) -> Markup:
    """A circle on the line; its sign tells outcomes apart without colour."""
    sign = _SIGNS[outcome]
    return element(
        "svg",
        element("circle", cx=10, cy=10, r=5 if outcome in _HOLLOW else 9),
        element("path", d=sign) if sign else "",
        class_=f"mw-joint mw-joint-{outcome}",
        viewBox="0 0 20 20",
        aria_hidden="true",
        focusable="false",
    )


_HOLLOW: Final = frozenset({Outcome.SILENT, Outcome.UNASKED})

_SIGNS: Final = {
    Outcome.SILENT: "",
    Outcome.ALLOW: "M6 10.5l2.8 2.8L14 7.5",
    Outcome.WATCH: "M10 5.5v5.5M10 14.2v.1",
    Outcome.DEFER: "M10 5.5V10l3 2",
    Outcome.REFUSE: "M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4",
    Outcome.UNASKED: "",
}
"""A tick, an exclamation mark, the hands of a clock, a cross."""
