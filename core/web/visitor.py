"""The visitor of the present request: who, what they see, and how they like to read it."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from flask import Request, g, request
from msgspec import Struct

from core.errors import StoreError
from core.panel import Viewer
from core.web.bridge import Claim
from core.web.identity import claim_of, viewer_of
from core.web.parts import Parts
from core.web.sight import Sight

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages in which the pages are complete, by their own names."""

THEMES = ("auto", "light", "dark")


class Taste(Struct, frozen=True):
    """How somebody likes to read.

    Attributes:
        language: one of LANGUAGES.
        zone: IANA name of the time zone; "" for the server's own.
        chosen_zone: whether a person or their browser has said so.
        theme: one of THEMES.
    """

    language: str
    zone: str
    chosen_zone: bool
    theme: str


class Visitor(Struct):
    """Somebody known.

    Attributes:
        viewer: who it is.
        sight: what they see.
        claim: what the bridge said of this request; None without a bridge.
        taste: how they like to read.
    """

    viewer: Viewer
    sight: Sight
    claim: Claim | None
    taste: Taste

    @property
    def who(self) -> str:
        """For the audit trail."""
        return f"{self.viewer.login} ({self.viewer.role})"

    @property
    def session(self) -> str:
        """What forms are bound to."""
        session = self.claim.session if self.claim else ""
        return f"{self.viewer.role}\n{self.viewer.login}\n{session}"


def visitor_or_none() -> Visitor | None:
    """The visitor of the present request; None for somebody unknown, or not asked for yet."""
    found = g.get("visitor")
    return found if isinstance(found, Visitor) else None


def visitor() -> Visitor:
    """The visitor of the present request; only for routes that somebody known may enter."""
    found = visitor_or_none()
    assert found is not None  # noqa: S101  `access` lets nobody else in
    return found


def recognise(parts: Parts) -> Visitor | None:
    """Find out who sends the present request; None for somebody unknown."""
    viewer = viewer_of(request, parts)
    if viewer is None:
        return None
    return Visitor(
        viewer=viewer,
        sight=Sight(viewer, parts.directory),
        claim=claim_of(request),
        taste=_taste(viewer, parts, request),
    )


def _taste(viewer: Viewer, parts: Parts, asked: Request) -> Taste:
    try:
        said = parts.store.preferences.get(viewer.role, viewer.login)
    except StoreError:  # the page itself will say so, in any language
        said = {}
    language = said.get("language") or viewer.language
    zone = said.get("zone") or viewer.zone
    theme = said.get("theme", "")
    return Taste(
        language=_language(language, asked),
        zone=zone if zone in _zones() else "",
        chosen_zone=bool(zone),
        theme=theme if theme in THEMES else "auto",
    )


def _language(wanted: str, asked: Request) -> str:
    short = wanted.partition("-")[0].partition("_")[0].lower()
    if short in LANGUAGES:
        return short
    return language_asked(asked)


def language_asked(asked: Request) -> str:
    """The language of ours that the browser likes best."""
    return asked.accept_languages.best_match(list(LANGUAGES)) or next(iter(LANGUAGES))


@cache
def _zones() -> frozenset[str]:
    """Names of all time zones; reading them takes milliseconds, so once."""
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of that name; None when there is none."""
    return ZoneInfo(name) if name in _zones() else None
