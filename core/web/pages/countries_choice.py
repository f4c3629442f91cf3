"""A choice of countries as somebody makes it: read from a form, from the settings, or proposed.

Says what would be stored. What it would mean is `core.desk.preview`'s to tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from core.net.countries import CODES
from core.settings.access import Country
from core.web.pages.countries_counts import CountryCounts

MODES: Final = ("off", "allow", "refuse")


class Choice(Struct, frozen=True):
    """What somebody has chosen.

    Attributes:
        mode: "off", or whether the countries are the only ones allowed or the ones refused.
        countries: ISO 3166 alpha-2 codes.
        watch: what would be refused is only noted.
    """

    mode: str
    countries: frozenset[str]
    watch: bool

    @classmethod
    def of(cls, country: Country) -> Choice:
        """What the settings say."""
        return cls(country.mode, frozenset(country.list), country.watch)

    @property
    def mark(self) -> str:
        """The whole choice on one line: a form carries it to notice that somebody was faster."""
        return f"{self.mode} {int(self.watch)} {','.join(sorted(self.countries))}"

    def settled(self, own: str) -> Choice:
        """With the server's own country where it always is: among the allowed, never refused."""
        if not own or self.mode == "off":
            return self
        codes = self.countries | {own} if self.mode == "allow" else self.countries - {own}
        return replace(self, countries=codes)

    def wanted(self) -> dict[str, Any]:
        """The settings that say so."""
        return {
            "country.mode": self.mode,
            "country.list": sorted(self.countries),
            "country.watch": self.watch,
        }

    def refuses(self, code: str, own: str) -> bool:
        """Whether a known country is refused, or would be but for watching."""
        if not code or code == own or self.mode == "off" or self.is_unfinished:
            return False
        return (code in self.countries) != (self.mode == "allow")

    @property
    def is_unfinished(self) -> bool:
        """Whether only listed countries are allowed and none is: then nobody is refused."""
        return self.mode == "allow" and not self.countries

    def refusing(self, code: str) -> Choice:
        """As it is, with one more country refused."""
        if self.mode == "allow" and self.countries - {code}:
            return replace(self, countries=self.countries - {code})
        others = self.countries if self.mode == "refuse" else frozenset[str]()
        return replace(self, mode="refuse", countries=others | {code})

    def allowing(self, code: str) -> Choice:
        """As it is, with one more country allowed."""
        if self.mode == "off":
            return self
        changed = self.countries | {code} if self.mode == "allow" else self.countries - {code}
        return replace(self, countries=changed)


def chosen(form: MultiDict[str, str]) -> Choice:
    """What a form says.

    Raises:
        BadRequest: it was not sent by a form of ours.
    """
    mode, codes = form.get("mode", ""), frozenset(form.getlist("country"))
    if mode not in MODES or not codes <= CODES:
        raise BadRequest
    return Choice(mode, codes, bool(form.get("watch")))


def where_people_are(counts: Iterable[CountryCounts], least: int) -> frozenset[str]:
    """The countries from which people log in.

    Args:
        counts: what came from where.
        least: logins that a country needs; a stolen password or a wrong database makes a few.
    """
    return frozenset(c.code for c in counts if c.code in CODES and c.logins >= least)
