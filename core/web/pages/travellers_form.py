"""A new pass as somebody types it: for whom, from where, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from ipaddress import ip_network
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct
from werkzeug.exceptions import NotFound

from core.desk.entry import PASSES, Entry, Place, check
from core.errors import SettingError
from core.net.countries import CODES
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.complaints import said
from core.web.pages.travellers_list import ADDRESSES
from core.web.sight import Sight
from core.web.wording import zone

DAY: Final = 86_400

ENDS: Final[Mapping[str, LazyString]] = {
    "3": lazy_gettext("3 days"),
    "7": lazy_gettext("a week"),
    "14": lazy_gettext("2 weeks"),
    "30": lazy_gettext("a month"),
    "date": lazy_gettext("until a day"),
}
"""Titles of the lengths: a number is days from now."""

USUAL: Final = "14"

MOST_DAYS: Final = 366
"""A country that is fine for longer belongs into the list of countries."""

NAMES: Final = ("account", "kind", "country", "address", "until", "date", "comment", "server")
"""The fields."""


class Wanted(Struct, frozen=True):
    """A pass that somebody wants.

    Attributes:
        place: the list that it goes into.
        entry: what goes into it.
        at_server: whether the country shall be open at the server, too.
    """

    place: Place
    entry: Entry
    at_server: bool


class PassForm:
    """The form.

    Args:
        sight: of the visitor.
        said: what stands in the fields.
        now: seconds since 1970.

    Attributes:
        fields: what stands in the fields, as it was typed.
        faults: what is wrong, by field.
    """

    def __init__(self, sight: Sight, said: Mapping[str, str], now: float) -> None:
        self._sight = sight
        self._now = now
        self.fields = {name: said.get(name, "").strip() for name in NAMES}
        self.faults: dict[str, str] = {}
        if self.fields["kind"] not in ("country", "address"):
            self.fields["kind"] = "address" if self._is_about_an_address else "country"
        if self.fields["until"] not in ENDS:
            self.fields["until"] = USUAL
        self.fields["country"] = self.fields["country"].upper()

    @property
    def _is_about_an_address(self) -> bool:
        return bool(self.fields["address"]) and not self.fields["country"]

    @property
    def first_day(self) -> str:
        """The first day that can be chosen, as date fields have it."""
        return self._today().isoformat()

    def read(self) -> Wanted | None:
        """The pass; None where something is wrong, which `faults` then says."""
        scope = self._scope()
        what = self._country() if self.fields["kind"] == "country" else self._address()
        expires = self._end()
        if self.faults or scope is None:
            return None
        name = PASSES if self.fields["kind"] == "country" else ADDRESSES
        at_server = self.fields["server"] == "1" and name == PASSES and self._sight.is_admin
        place = Place(name, scope)
        try:
            entry = check(place, Entry(what, self.fields["comment"], expires))
        except SettingError as error:
            self.faults["comment" if len(self.fields["comment"]) > 500 else self.fields["kind"]] = (
                said(error)
            )
            return None
        return Wanted(place, entry, at_server and scope != SERVER_SCOPE)

    def _scope(self) -> Scope | None:
        """The mailbox or domain; the administrator may leave it empty for the whole server."""
        name = self.fields["account"]
        if not name:
            if self._sight.is_admin:
                return SERVER_SCOPE
            self.faults["account"] = gettext("Who travels? Name a mailbox.")
            return None
        try:
            level = "mailbox" if "@" in name else "domain"
            return self._sight.scope(level, name)
        except NotFound:
            self.faults["account"] = gettext("No mailbox and no domain of yours is called so.")
            return None

    def _country(self) -> str:
        if self.fields["country"] not in CODES:
            self.faults["country"] = gettext("Choose a country.")
        return self.fields["country"]

    def _address(self) -> str:
        text = self.fields["address"]
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            self.faults["address"] = gettext(
                "That is neither an address nor a network, such as 203.0.113.7 or 2001:db8::/48."
            )
            return text
        if self._scope_is_server():
            self.faults["account"] = gettext(
                "An address for everybody belongs into the exemptions. Name a mailbox here."
            )
        if network.prefixlen == 0:
            self.faults["address"] = gettext("That would let everybody in.")
        return text

    def _scope_is_server(self) -> bool:
        return not self.fields["account"] and self._sight.is_admin

    def _end(self) -> float:
        if self.fields["until"] != "date":
            return self._now + int(self.fields["until"]) * DAY
        try:
            day = date.fromisoformat(self.fields["date"])
            end = datetime.combine(day + timedelta(days=1), time(), zone()).timestamp()
        except (ValueError, OverflowError, OSError):
            self.faults["date"] = gettext("Name the last day.")
            return 0
        if end <= self._now:
            self.faults["date"] = gettext("That day is over.")
        elif end > self._now + MOST_DAYS * DAY:
            self.faults["date"] = gettext(
                "A pass is for a journey, for a year at most. A country that is always fine "
                "belongs into the rules of the mailbox or its domain."
            )
        return end

    def _today(self) -> date:
        return datetime.fromtimestamp(self._now, zone()).date()
