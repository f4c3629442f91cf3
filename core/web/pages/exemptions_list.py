"""The exemptions that a visitor sees, all lists of all scopes in one: searched, counted, ordered.

A list may have 20 000 entries: only those of the page shown become objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext
from msgspec import Struct

from core.desk.change import scope_of_stored
from core.desk.entry import Entry, Place, read
from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.settings.scope import Scope
from core.store.audit import StoredScope
from core.web.pages.exemptions_place import Key, sees
from core.web.sight import Sight

SOON: Final = 7 * 86_400
"""Seconds before the end from which on an entry ends soon."""

STATES: Final[dict[str, LazyString]] = {
    "all": lazy_gettext("all entries"),
    "lasting": lazy_gettext("without an end"),
    "soon": lazy_gettext("end within 7 days"),
    "over": lazy_gettext("expired"),
}


class Wish(Struct, frozen=True):
    """What is to be shown.

    Attributes:
        list: one of the lists.
        text: part of an entry, a comment or a scope's name; an address finds what covers it.
        state: one of `STATES`.
        where: a domain or mailbox; "server" for the server's own; "" for all.
    """

    list: str
    text: str = ""
    state: str = "all"
    where: str = ""


class Row(Struct, frozen=True):
    """One entry of the list.

    Attributes:
        place, entry: where it stands, and what it says.
        is_over, is_soon: whether it has expired, or will within days.
    """

    place: Place
    entry: Entry
    is_over: bool
    is_soon: bool

    @property
    def key(self) -> str:
        """How a form names it."""
        scope = self.place.scope
        name = self.place.name.removeprefix("exempt.")
        return str(Key(name, scope.level, scope.name, self.entry.entry))


Stored = Mapping[StoredScope, Mapping[str, Any]]

Found = tuple[Scope, dict[str, Any]]


class Listing:
    """The entries that a visitor sees.

    Args:
        stored: all settings as they are stored.
        sees: whether a scope is the visitor's.
        now: seconds since 1970.
    """

    def __init__(self, stored: Stored, sees: Callable[[Scope], bool], now: float) -> None:
        self._now = now
        scopes = ((scope_of_stored(where), values) for where, values in stored.items())
        self._scopes = sorted(
            ((scope, values) for scope, values in scopes if sees(scope)), key=_order
        )

    def count(self, name: str) -> int:
        """How many entries a list has, of all scopes together."""
        return sum(1 for _ in self._entries(f"exempt.{name}", lambda _: True))

    def count_over(self) -> int:
        """How many entries of all lists have expired."""
        names = ("exempt.addresses", "exempt.accounts", "exempt.send")
        found = (each for name in names for _, each in self._entries(name, lambda _: True))
        return sum(1 for each in found if self._is_over(each))

    def find(self, wish: Wish) -> list[Found]:
        """What is wanted, the newest of each scope first; `row` makes it fit to be shown."""
        takes = _taker(wish.text)
        return [
            (scope, each)
            for scope, each in self._entries(f"exempt.{wish.list}", _where(wish.where))
            if self._fits(each, wish.state) and takes(scope, each)
        ]

    def row(self, name: str, found: Found) -> Row:
        """An entry as it is shown."""
        scope, each = found
        (entry,) = read(f"exempt.{name}", [each])
        soon = 0 < entry.expires - self._now < SOON
        return Row(Place(f"exempt.{name}", scope), entry, self._is_over(each), soon)

    def _entries(self, name: str, wanted: Callable[[Scope], bool]) -> Iterator[Found]:
        for scope, values in self._scopes:
            listed = values.get(name)
            if isinstance(listed, list) and wanted(scope):
                for each in reversed(listed):
                    if _is_entry(each):
                        yield scope, each

    def _is_over(self, each: dict[str, Any]) -> bool:
        return bool(0 < each.get("expires", 0) <= self._now)

    def _fits(self, each: dict[str, Any], state: str) -> bool:
        expires = each.get("expires", 0)
        if state == "lasting":
            return bool(not expires)
        if state == "soon":
            return bool(0 < expires - self._now < SOON)
        return state != "over" or self._is_over(each)


def listing(stored: Stored, sight: Sight, now: float) -> Listing:
    """The entries that a visitor sees."""
    return Listing(stored, lambda scope: sees(sight, scope), now)


def _is_entry(each: object) -> bool:
    """Whether it is an entry: another version or a damage may have left anything."""
    return (
        isinstance(each, dict)
        and isinstance(each.get("entry"), str)
        and isinstance(each.get("comment", ""), str)
        and isinstance(each.get("expires", 0), int | float)
    )


def _order(pair: tuple[Scope, Any]) -> tuple[bool, str, str]:
    scope = pair[0]
    user, at, domain = scope.name.rpartition("@")
    return scope.level != "server", domain if at else scope.name, user if at else ""


def _where(where: str) -> Callable[[Scope], bool]:
    wanted = where.strip().lower()
    if not wanted:
        return lambda _: True
    if wanted == "server":
        return lambda scope: scope.level == "server"
    return lambda scope: scope.name == wanted or scope.name.endswith(f"@{wanted}")


def _taker(text: str) -> Callable[[Scope, dict[str, Any]], bool]:
    wanted = text.strip().lower()
    address = parse(wanted) if wanted else None

    def says(scope: Scope, each: dict[str, Any]) -> bool:
        return (
            wanted in each["entry"].lower()
            or wanted in each.get("comment", "").lower()
            or wanted in scope.name
        )

    def covers(_: Scope, each: dict[str, Any]) -> bool:
        try:
            prefix = Prefix.parse(each["entry"])
        except ValueError:
            return False
        assert address is not None  # noqa: S101  else `says` is taken
        return prefix.version == address.version and prefix.value <= address.value <= prefix.last

    if not wanted:
        return lambda *_: True
    if address is None:
        return says
    return lambda scope, each: says(scope, each) or covers(scope, each)
