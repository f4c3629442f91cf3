"""The form for one exemption: what was typed, what is wrong with it, and what it means."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from msgspec import Struct, field

from core.desk.entry import Entry, Place, check
from core.errors import SettingError
from core.settings.account import domain_of
from core.settings.scope import SERVER_SCOPE
from core.web.complaints import said
from core.web.pages import exemptions_end
from core.web.pages.exemptions_place import list_named, place_typed, where_of
from core.web.sight import Sight

LONGEST_COMMENT = 500


class EntryForm(Struct):
    """What stands in the form.

    Attributes:
        list: one of the lists.
        where: domain or mailbox; "" for the server.
        entry, comment: as typed.
        ends, day: when it ends; see `core.web.pages.exemptions_end`.
        faults: what is wrong, by field.
    """

    list: str = "addresses"
    where: str = ""
    entry: str = ""
    comment: str = ""
    ends: str = "never"
    day: str = ""
    faults: dict[str, str] = field(default_factory=dict)


def asked(sight: Sight, said: Mapping[str, str]) -> EntryForm:
    """The form as the log, or another page, wishes it: ``address``, ``account``, ``scope``.

    Args:
        sight: the visitor's.
        said: parameters of the page's address.
    """
    address, account = said.get("address", "").strip(), said.get("account", "").strip()
    scope = said.get("scope", "").strip()
    entry = said.get("entry", "").strip() or address
    name = list_named(sight, said.get("list", ""))
    if not said.get("list") and account and not entry and sight.is_admin:
        name = "accounts"
    if name != "addresses":
        return EntryForm(name, "", entry or account, said.get("comment", ""))
    if scope == "mailbox":
        where = account
    elif scope == "domain":
        where = domain_of(account)
    elif scope == "server" or (not scope and sight.is_admin):
        where = ""
    else:
        where = scope or account
    return EntryForm(name, where, entry, said.get("comment", ""))


def sent(said: Mapping[str, str]) -> EntryForm:
    """What was sent."""
    return EntryForm(
        said.get("list", "addresses"),
        said.get("where", "").strip(),
        said.get("entry", "").strip(),
        said.get("comment", "").strip(),
        said.get("ends", ""),
        said.get("day", "").strip(),
    )


def shown(place: Place, entry: Entry) -> EntryForm:
    """An entry that is to be edited."""
    ends, day = exemptions_end.shown(entry.expires)
    name = place.name.removeprefix("exempt.")
    return EntryForm(name, where_of(place.scope), entry.entry, entry.comment, ends, day)


def meant(form: EntryForm, place: Place | None, now: float, before: float = 0) -> Entry | None:
    """The entry that somebody means; None with `faults` told.

    Args:
        form: what was typed; gets the faults.
        place: the list; None where that is wrong already.
        now: seconds since 1970.
        before: the end that it had.
    """
    expires = 0.0
    try:
        expires = exemptions_end.read(form.ends, form.day, now, before)
    except SettingError as error:
        form.faults["ends"] = str(error)
    if not form.entry:
        form.faults["entry"] = gettext("must not be empty")
    if len(form.comment) > LONGEST_COMMENT:
        form.faults["comment"] = gettext("must be shorter")
    if form.faults:
        return None
    try:
        return check(place or Place(f"exempt.{form.list}", SERVER_SCOPE), _entry(form, expires))
    except SettingError as error:
        form.faults["entry"] = _plain(str(error))
        return None


def _entry(form: EntryForm, expires: float) -> Entry:
    return Entry(form.entry, form.comment, expires)


def _plain(text: str) -> str:
    """The usual mistakes in the visitor's language."""
    if "would exempt everybody" in text:
        return str(gettext("This would exempt everybody."))
    if "no AS number" in text:
        return str(
            gettext(
                "This is no address like 203.0.113.7, no network like 203.0.113.0/24 and no AS "
                "number like AS64500."
            )
        )
    if "neither an account nor a domain" in text:
        return str(gettext("This is no account like anna@example.org and no domain."))
    return said(text)


def place_of(sight: Sight, form: EntryForm) -> Place | None:
    """The list that somebody means; None with `faults` told.

    Raises:
        NotFound: there is no such list.
    """
    try:
        return place_typed(sight, form.list, form.where)
    except SettingError as error:
        form.faults["where"] = str(error)
        return None
