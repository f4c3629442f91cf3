"""Is it working? The picture of the desk with what the pages see besides, and where each leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext, ngettext
from msgspec import Struct

from core.desk.desk import Desk
from core.desk.hooks import HookReport
from core.desk.picture import DATABASES, Light, Picture, Problem, gravest, picture
from core.errors import StoreError
from core.labels import STAGES
from core.licence.feature import Feature
from core.licence.standing import Standing
from core.settings.model import Settings
from core.web import wording
from core.web.complaints import said
from core.web.features import why_off
from core.words import N_, Stage

HOUR: Final = 3600.0

QUIET: Final = 6 * HOUR
"""Seconds without a question of any mail server after which somebody should look: even a small
server's telephones ask for mail at night."""

PLACES: Final[Mapping[str, str]] = {
    "notify.address": "limits.show",
    "country.list": "countries.choose",
    "server_country": "security.show",
}
"""First word of a problem's part -> the page where it is mended; the others are the system's."""


DATA: Final[Mapping[str, str]] = {
    "country": N_("Data of countries"),
    "asn": N_("Data of networks"),
}
"""What people call the two databases that everything needs."""


class Trouble(Struct, frozen=True):
    """One thing that is wrong, as the page shows it.

    Attributes:
        text: what is wrong.
        advice: what to do, "" where the text says it.
        light: how grave it is.
        endpoint: the page where it is mended.
    """

    text: str
    advice: str
    light: Light
    endpoint: str


class Asked(Struct, frozen=True):
    """One question of the mail servers.

    Attributes:
        name: what people call the moment of it.
        count: how often it was asked since the daemon started.
        last: when last, seconds since 1970; 0 for never.
        wanted: whether the settings ask for it at all.
        off: why it is off all the same, "" when it is not.
    """

    name: str
    count: int
    last: float
    wanted: bool
    off: str = ""


class State(Struct, frozen=True):
    """How Mailward is.

    Attributes:
        light: the gravest of what is wrong.
        troubles: the gravest first.
        picture: the desk's own.
        asked: the questions, in the order in which they come.
        hooks: how the mail servers' configuration looked lately; None when nobody has looked yet.
    """

    light: Light
    troubles: tuple[Trouble, ...]
    picture: Picture
    asked: tuple[Asked, ...]
    hooks: tuple[HookReport, ...] | None

    @property
    def is_silent(self) -> bool:
        """Whether the daemon runs and was never asked anything."""
        return self.picture.reachable and not any(each.count for each in self.asked)


Looked = tuple[tuple[HookReport, ...], tuple[Problem, ...]]
"""How the mail servers' configuration looks, and what is wrong with it."""


def state(
    desk: Desk, standing: Standing, panel: Iterable[str], looked: Looked | None, now: float
) -> State:
    """How Mailward is. Never raises.

    Args:
        desk: whose; it may be without a store.
        standing: where the licence stands.
        panel: what is wrong with the panel, in words.
        looked: how the hooks looked lately; None when nobody has looked yet.
        now: seconds since 1970.
    """
    seen = picture(desk)
    problems = [*seen.problems, *(looked[1] if looked else ())]
    server = _server(desk, problems)
    troubles = [_trouble(each) for each in problems if not _is_decided(each)]
    troubles += [Trouble(text, "", Light.AMBER, "system.show") for text in panel]
    asked = _asked(seen, server)
    latest = max((each.last for each in asked), default=0.0)
    if latest and now - latest >= QUIET:
        troubles.append(_quiet(now - latest))
    if not standing.in_order:
        said = wording.sentences(standing.sentences)
        troubles.append(Trouble(said, "", Light.AMBER, "system.show"))
    light = gravest([*problems, *(Problem("", "", light=each.light) for each in troubles)])
    troubles.sort(key=lambda each: each.light is not Light.RED)
    return State(light, tuple(troubles), seen, asked, looked[0] if looked else None)


def _server(desk: Desk, problems: list[Problem]) -> Settings:
    """The server's settings, and why they cannot be read."""
    try:
        return desk.rules().resolved.server
    except StoreError as error:
        if not any(each.part == "store" for each in problems):
            problems.append(Problem("store", str(error)))
        return Settings()


def _is_decided(problem: Problem) -> bool:
    """Whether it stands among what needs a decision: lists of networks that are old."""
    kind, _, name = problem.part.partition(" ")
    return kind == "data" and name not in DATABASES


def _trouble(problem: Problem) -> Trouble:
    kind, _, name = problem.part.partition(" ")
    advice = said(problem.advice) if problem.advice else ""
    text = said(problem.text)
    if kind == "data":
        text = f"{gettext(DATA[name]) if name in DATA else name}: {text}"
    text = text[:1].upper() + text[1:]  # the command line has it behind the name of the part
    return Trouble(text, advice, problem.light, PLACES.get(kind, "system.show"))


def _quiet(seconds: float) -> Trouble:
    hours = int(seconds // HOUR)
    return Trouble(
        ngettext(
            "No mail server has asked anything for %(num)s hour.",
            "No mail server has asked anything for %(num)s hours.",
            hours,
        ),
        gettext("Look whether mail runs at all, and let the self-test knock at every port."),
        Light.AMBER,
        "system.show",
    )


def _asked(seen: Picture, server: Settings) -> tuple[Asked, ...]:
    found = {each.stage: each for each in seen.stages}
    return tuple(
        Asked(
            gettext(name),
            found[stage].asked if stage in found else 0,
            found[stage].last if stage in found else 0.0,
            stage is not Stage.CONNECT or server.connect.enabled,
            why_off(Feature.CONNECT) if stage is Stage.CONNECT else "",
        )
        for stage, name in STAGES.items()
        if seen.reachable
    )
