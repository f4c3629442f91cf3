"""One entry of a list of exemptions: an address, an account, or a country that somebody is in.

Knows how an entry is spelled and stored; which lists there are and what stands in them is known to
`core.desk.exemptions`.
"""

from __future__ import annotations

import time
from ipaddress import ip_network
from typing import Any, Final, NamedTuple

from msgspec import Struct

from core.errors import SettingError
from core.settings import fields
from core.settings.account import normalise
from core.settings.scope import SERVER_SCOPE, Scope

PASSES: Final = "country.passes"
"""The list of traveller passes: its entries are countries, and each of them must end."""

LISTS: Final = ("exempt.addresses", "exempt.accounts", "exempt.send", PASSES)
"""The settings that are lists of exemptions."""


class Place(NamedTuple):
    """One list: its setting, and the scope that it belongs to."""

    name: str
    scope: Scope = SERVER_SCOPE


class Entry(Struct, frozen=True):
    """One entry.

    Attributes:
        entry: an address, a network (CIDR), an AS number, an account, a domain, or a country.
        comment: why it is there.
        expires: seconds since 1970 (UTC) after which it no longer counts, 0 for never.
    """

    entry: str
    comment: str = ""
    expires: float = 0

    def is_over(self, now: float | None = None) -> bool:
        """Whether it no longer counts."""
        return bool(self.expires) and self.expires <= (time.time() if now is None else now)


def canonical(entry: str) -> str:
    """One spelling for one thing, so that it stands in a list once."""
    if fields.ASN.match(entry):
        return entry.upper()
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        return normalise(entry)
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address if single else network)


def spelled(name: str, entry: str) -> str:
    """The one spelling of an entry of a list.

    Args:
        name: the list's setting.
        entry: as somebody wrote it.
    """
    return entry.strip().upper() if name == PASSES else canonical(entry.strip())


def stored(name: str, entry: Entry) -> dict[str, Any]:
    """The entry as the list holds it."""
    key = "country" if name == PASSES else "entry"
    return {key: entry.entry, "comment": entry.comment, "expires": entry.expires}


def read(name: str, value: Any) -> list[Entry]:
    """The entries of a stored list; what another version or a damage left in it is passed over."""
    key = "country" if name == PASSES else "entry"
    found = []
    for each in value if isinstance(value, list) else ():
        entry, comment, expires = (
            (each.get(key), each.get("comment", ""), each.get("expires", 0))
            if isinstance(each, dict)
            else (None, "", 0)
        )
        if isinstance(entry, str) and isinstance(comment, str) and isinstance(expires, int | float):
            found.append(Entry(entry, comment, expires))
    return found


def check(place: Place, entry: Entry) -> Entry:
    """The entry in its one spelling.

    Raises:
        SettingError: it is not legal there; the text says why without the list's name.
    """
    plain = stored(place.name, Entry(entry.entry.strip(), entry.comment.strip(), entry.expires))
    if place.name == PASSES:
        plain["country"] = plain["country"].upper()
        if not entry.expires:
            raise SettingError(f"{plain['country']}: a traveller pass must have an end")
    try:
        fields.check(place.name, [plain], place.scope.level)
    except SettingError as error:
        raise SettingError(str(error).removeprefix(f"{place.name}: ")) from error
    return Entry(spelled(place.name, entry.entry), plain["comment"], entry.expires)
