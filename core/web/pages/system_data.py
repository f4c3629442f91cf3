"""The country and network data: how old, how many, whose work, and bringing them up to date."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.desk import update as desk_update
from core.errors import MailwardError
from core.settings.scope import SERVER_SCOPE
from core.sources.feeds.registry import FEEDS
from core.sources.status import SourceStatus
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.credits import forgetter, sources_now
from core.web.jobs import Busy, Watch, jobs
from core.web.notices import back_to, tell
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.settings_form import SettingsForm, names_of
from core.web.visitor import visitor

KIND: Final = "data update"

TITLES: Final = {
    "country": lazy_gettext("Countries of addresses"),
    "asn": lazy_gettext("Networks and who runs them"),
    "registries": lazy_gettext("Second opinion on countries"),
    "hosting": lazy_gettext("Hosting companies"),
}
"""What people call the sources that are no published lists."""

OUTCOMES: Final[dict[str, tuple[str, LazyString]]] = {
    "waiting": ("plain", lazy_gettext("waits")),
    "working": ("plain", lazy_gettext("is fetched")),
    "updated": ("good", lazy_gettext("new")),
    "unchanged": ("plain", lazy_gettext("nothing new")),
    "skipped": ("plain", lazy_gettext("asked just now")),
    "removed": ("warn", lazy_gettext("removed")),
    "failed": ("bad", lazy_gettext("failed")),
}
"""Tone of a badge and word, by how a source fared."""


class SourceLine(Struct, frozen=True):
    """One source as the page shows it.

    Attributes:
        status: what is known of it.
        title: what people call it.
        about: what it says of addresses, "" where the title does.
        can_roll_back: whether there is a copy before.
    """

    status: SourceStatus
    title: str
    about: str
    can_roll_back: bool


@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page(SettingsForm(SERVER_SCOPE, names_of("data")))


@allow(ADMIN)
def save() -> Response | tuple[str, int]:
    """Keep where the data come from."""
    sheet = SettingsForm(SERVER_SCOPE, names_of("data"), request.form)
    return back_to("system.data") if sheet.save() else (_page(sheet), 422)


@allow(ADMIN)
def update() -> Response:
    """Bring everything up to date, in the background."""
    here, desk = parts(), parts().desk(visitor().who)
    force = request.form.get("force") == "1"
    forget = forgetter()

    def work(watch: Watch) -> object:
        done = desk_update.update(desk, watch, force=force)
        forget()
        return done

    try:
        jobs(here.clock).start(KIND, visitor().who, work)
    except Busy:
        tell(gettext("Something else is at work; try again when it is done."), "warn")
    return back_to("system.data", _anchor="job")


@allow(ADMIN)
def rollback() -> Response:
    """Put the copy before of one source back in use."""
    name = request.form.get("name", "")
    try:
        done = desk_update.rollback(parts().desk(visitor().who), name)
    except MailwardError as error:
        tell(said(error), "bad")
        return back_to("system.data")
    forgetter()()
    tell(gettext("%(title)s: the copy before is in use again.", title=title_of(name)))
    for line in done.told.lines if done.told else ():
        tell(gettext(line), "warn")
    return back_to("system.data")


def _page(sheet: SettingsForm) -> str:
    here = parts()
    sources = sources_now(here)
    before = desk_update.can_roll_back(here.config)
    server = here.desk(visitor().who).rules().resolved.server
    wanted = desk_update.providers(server).feed_names
    known = {source.name for source in sources}
    return tab_page(
        "system_data.html",
        "system.data",
        sources=[_line(source, before) for source in sources],
        missing=[FEEDS[n].label if n in FEEDS else n for n in wanted if n not in known],
        sheet=sheet,
        names=list(sheet.fields),
        job=jobs(here.clock).last(KIND),
        outcomes=OUTCOMES,
        title_of=title_of,
        now=here.clock(),
    )


def _line(source: SourceStatus, before: frozenset[str]) -> SourceLine:
    about = source.name if source.name in FEEDS else ""
    return SourceLine(source, title_of(source.name), about, source.name in before)


def title_of(name: str) -> str:
    """What people call a source."""
    if name in TITLES:
        return str(TITLES[name])
    return FEEDS[name].label if name in FEEDS else name
