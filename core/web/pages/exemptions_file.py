"""Lists of exemptions that come in and go out as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response
from flask_babel import gettext
from msgspec import Struct, field
from msgspec.structs import replace
from werkzeug.exceptions import NotFound

from core.desk import entry_file, entry_import
from core.desk.desk import Desk
from core.desk.entry import Place
from core.desk.entry_file import Form
from core.desk.entry_import import Preview
from core.desk.exemptions import Outcome
from core.errors import SettingError
from core.web.pages.exemptions_list import Listing, Wish
from core.web.pages.exemptions_place import place_typed
from core.web.sight import Sight

MOST_SHOWN: Final = 100
"""Entries and bad lines that a preview names."""

_ENDINGS: Final = {
    Form.CSV: ("csv", "text/csv; charset=utf-8"),
    Form.LINES: ("txt", "text/plain; charset=utf-8"),
    Form.LST: ("lst", "text/plain; charset=utf-8"),
    Form.SPAMASSASSIN: ("cf", "text/plain; charset=utf-8"),
}


class Import(Struct):
    """A list that somebody wants to add.

    Attributes:
        list: one of the lists.
        where: domain or mailbox; "" for the server.
        text: what was pasted.
        comment: for entries that have none.
        place: the list, once it is known.
        preview: what adding it would do, once it was looked at.
        faults: what is wrong, by field.
    """

    list: str
    where: str = ""
    text: str = ""
    comment: str = ""
    place: Place | None = None
    preview: Preview | None = None
    faults: dict[str, str] = field(default_factory=dict)


def looked_at(desk: Desk, sight: Sight, said: Mapping[str, str]) -> Import:
    """Look at what was sent, without adding it.

    Raises:
        NotFound: there is no such list.
        StoreError: the store cannot be read.
    """
    found = Import(
        said.get("list", "addresses"),
        said.get("where", "").strip(),
        said.get("text", ""),
        said.get("comment", "").strip(),
    )
    try:
        found.place = place_typed(sight, found.list, found.where)
    except SettingError as error:
        found.faults["where"] = str(error)
        return found
    if not found.text.strip():
        found.faults["text"] = gettext("Paste a list, or choose a file.")
        return found
    found.preview = entry_import.preview(desk, found.place, found.text.encode(), found.comment)
    return found


def imported(desk: Desk, wanted: Import, *, skip: bool) -> Outcome:
    """Add it.

    Args:
        desk: the visitor's.
        wanted: what was looked at.
        skip: leave out the bad lines; else one of them is enough to add nothing.

    Raises:
        SettingError: a line is wrong; nothing was added.
        StoreError: nothing was added.
    """
    shown = wanted.preview
    assert shown is not None  # noqa: S101  it was looked at
    return entry_import.carry_out(desk, replace(shown, faults=()) if skip else shown)


def export(found: Listing, wish: Wish, form: str) -> Response:
    """A list as a file that `entry_file.read` takes back; each entry once.

    Raises:
        NotFound: there is no such form.
    """
    try:
        wanted = Form(form)
    except ValueError as error:
        raise NotFound from error
    rows = (found.row(wish.list, each).entry for each in reversed(found.find(wish)))
    once = {entry.entry: entry for entry in rows}
    ending, kind = _ENDINGS[wanted]
    answer = Response(entry_file.write(once.values(), wanted), content_type=kind)
    name = f"mailward-exempt-{wish.list}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
