"""Which list is meant: named in addresses and forms, and whether the visitor may change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct
from werkzeug.exceptions import NotFound

from core.desk.entry import Place, read
from core.errors import SettingError
from core.settings.fields import FIELDS
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.audit import StoredScope
from core.web.sight import Sight

LISTS: Final = {
    "addresses": lazy_gettext("Addresses"),
    "accounts": lazy_gettext("Accounts and domains"),
    "send": lazy_gettext("Senders without limit"),
}
"""Titles of the lists, by their names in addresses; in settings they begin with ``exempt.``."""

MEANINGS: Final[dict[str, LazyString]] = {
    "addresses": lazy_gettext("pass every country and network check"),
    "accounts": lazy_gettext("pass every country and network check after the password"),
    "send": lazy_gettext("may send as much as they like"),
}

MOST_OFFERED: Final = 300
"""Domains that a form suggests."""


class Key(Struct, frozen=True, array_like=True):
    """One entry, as a tick or an address names it."""

    list: str
    level: str
    scope: str
    entry: str

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def key_of(text: str) -> Key:
    """The entry that a form names.

    Raises:
        NotFound: it is none of our names.
    """
    try:
        return msgspec.json.decode(text, type=Key)
    except msgspec.DecodeError as error:
        raise NotFound from error


def lists_of(sight: Sight) -> dict[str, LazyString]:
    """The lists that the visitor may change: those of accounts are the administrator's."""
    return {
        name: title
        for name, title in LISTS.items()
        if sight.is_admin or FIELDS[f"exempt.{name}"].customer
    }


def list_named(sight: Sight, said: str) -> str:
    """The list that an address names; the first one where it names none that the visitor has."""
    name = said.removeprefix("exempt.")
    return name if name in lists_of(sight) else "addresses"


def place(sight: Sight, name: str, level: str, scope: str) -> Place:
    """A list that the visitor may change.

    Args:
        sight: theirs.
        name: one of `LISTS`.
        level, scope: whose list.

    Raises:
        Forbidden, NotFound: it is not theirs, or there is none.
    """
    if name not in lists_of(sight):
        raise NotFound
    found = Place(f"exempt.{name}", sight.scope(level, scope))
    if found.scope.level not in FIELDS[found.name].levels:
        raise NotFound
    return found


def place_typed(sight: Sight, name: str, where: str) -> Place:
    """The list that somebody names by a domain or a mailbox, or by nothing for the server.

    Raises:
        SettingError: they cannot mean anything of theirs; the text is for beside the field.
        NotFound: there is no such list.
    """
    if name not in lists_of(sight):
        raise NotFound
    if "server" in where.split() and sight.is_admin:
        where = ""
    if FIELDS[f"exempt.{name}"].levels == ("server",) or (not where and sight.is_admin):
        return Place(f"exempt.{name}", SERVER_SCOPE)
    if not where:
        raise SettingError(gettext("Say for which domain or mailbox."))
    try:
        scope = scope_of(mailbox=where) if "@" in where else scope_of(domain=where)
    except SettingError as error:
        raise SettingError(gettext("This is no domain and no mailbox.")) from error
    if not sees(sight, scope):
        raise SettingError(gettext("This domain is not among yours."))
    return Place(f"exempt.{name}", scope)


def sees(sight: Sight, scope: Scope) -> bool:
    """Whether a scope's entries are the visitor's."""
    if scope.level == "server":
        return sight.is_admin
    if scope.level == "domain":
        return sight.sees_domain(scope.name)
    return sight.sees_account(scope.name)


def where_of(scope: Scope) -> str:
    """What `place_typed` understands."""
    return "" if scope == SERVER_SCOPE else scope.name


def offered(sight: Sight) -> list[str]:
    """Domains that a form suggests."""
    return [each.name for each in sight.domain_list()[:MOST_OFFERED]]


def fixed(sight: Sight, stored: Mapping[StoredScope, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What the administrator exempts of the visitor's, which they see and cannot change.

    Args:
        sight: the visitor's.
        stored: all settings as they are stored.

    Returns:
        Names of lists and entries, without their comments, which are the administrator's own.
    """
    if sight.is_admin:
        return []
    server = stored.get(("server", ""), {})
    return [
        (name, each.entry)
        for name in ("accounts", "send")
        for each in read(f"exempt.{name}", server.get(f"exempt.{name}"))
        if not each.is_over()
        and (sight.sees_account(each.entry) if "@" in each.entry else sight.sees_domain(each.entry))
    ]
