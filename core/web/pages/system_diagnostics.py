"""What somebody needs who helps, as one archive without secrets."""

from __future__ import annotations

from typing import Final

from flask import make_response
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from core.desk.diagnostics import LINES, archive, file_name
from core.web.access import ADMIN, allow
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.visitor import visitor

CONTENTS: Final = {
    "versions.json": lazy_gettext("versions of Mailward, the panel, the system and libraries"),
    "config.json": lazy_gettext("where Mailward's files and doors are"),
    "settings.json": lazy_gettext("all settings; keys and tokens masked"),
    "status.json": lazy_gettext("what the dashboard shows: problems, counters, doors"),
    "hooks.txt": lazy_gettext("the mail servers' hooks, and what would be changed in their files"),
    "data.json": lazy_gettext("age and state of the country and network data"),
    "events.jsonl": lazy_gettext("the last events: addresses and account names are in it"),
    "log.txt": lazy_gettext("the last lines of the services' log"),
    "files.txt": lazy_gettext("names, sizes and rights of Mailward's own files"),
}
"""What is in the archive, by file."""


@allow(ADMIN)
def show() -> str:
    """The page."""
    return tab_page("system_diagnostics.html", "system.diagnostics", contents=CONTENTS, lines=LINES)


@allow(ADMIN)
def download() -> Response:
    """The archive; it takes some seconds."""
    answer = make_response(archive(parts().desk(visitor().who)))
    name = file_name(parts().clock())
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
