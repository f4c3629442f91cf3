"""About: versions, the daemon's doors, counters and faults, and whose data this is."""

from __future__ import annotations

import platform
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from msgspec import Struct

from core import __version__
from core.errors import ControlError
from core.licence.tier import panel_title
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.credits import data_sources
from core.web.pages.system_data import title_of
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts

DOORS: Final = {
    "policy": lazy_gettext("questions of Postfix, Exim and qmail"),
    "dovecot": lazy_gettext("questions of Dovecot"),
    "control": lazy_gettext("pages and command line"),
    "metrics": lazy_gettext("numbers for monitoring"),
}
"""What a door is for, by its kind."""


class Credit(Struct, frozen=True):
    """Whose work something is.

    Attributes:
        what: that comes with Mailward.
        who: made it.
        terms: its licence.
        link: where it comes from.
    """

    what: str
    who: str
    terms: str
    link: str


CREDITS: Final = (
    Credit(
        lazy_gettext("Names of countries"),
        "Unicode Common Locale Data Repository (CLDR)",
        "Unicode License v3",
        "https://cldr.unicode.org",
    ),
    Credit(
        lazy_gettext("Outlines on the map"),
        "Natural Earth, world-atlas",
        "public domain, ISC",
        "https://www.naturalearthdata.com",
    ),
    Credit(lazy_gettext("Look and icons"), "Bootstrap", "MIT", "https://getbootstrap.com"),
)
"""What comes with Mailward; NOTICE in the package has the whole texts."""


@allow(ADMIN)
def show() -> str:
    """The page."""
    answer, problem = _daemon()
    here = parts().situation()
    return tab_page(
        "system_about.html",
        "system.about",
        daemon=answer,
        problem=problem,
        is_other_version=bool(answer) and answer.get("version") != __version__,
        doors=DOORS,
        panel=here.panel,
        panel_title=panel_title(here.panel.name),
        python=platform.python_version(),
        config=parts().config,
        sources=[source for source in data_sources().values() if source.credit],
        title_of=title_of,
        credits=CREDITS,
        now=parts().clock(),
    )


def _daemon() -> tuple[dict[str, Any], str]:
    """What the daemon says of itself, or why it says nothing."""
    try:
        answer = parts().control.call("status")
    except ControlError as error:
        return {}, said(error)
    return (answer, "") if isinstance(answer, dict) else ({}, gettext("It answered nonsense."))
