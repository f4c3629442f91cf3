"""What a country rule says of a country: one function for verdicts and for previews of them.

Knows no addresses: which countries an address is in, and whether that matters, is the check's
business (`core.engine.checks.country`).
"""

from __future__ import annotations

import time

from msgspec import Struct

from core.net.countries import name
from core.settings.access import Country
from core.settings.entry import CountryPass
from core.words import Reason

Ruling = CountryPass | Reason | None
"""The pass that lets a login through, or the reason to refuse it; None when all is well."""


class CountryRule(Struct, frozen=True):
    """The country settings of one scope, made ready.

    Attributes:
        mode, countries: "off", or whether the countries are the allowed or the refused ones.
        watch: what it would refuse is noted only.
        unknown_refused: an unknown country is refused.
        second_counts: a login is fine when either source's country is.
        server_country: always allowed, "" when it is not known.
        passes: traveller passes by country, of several for one country that which ends last.
    """

    mode: str
    countries: frozenset[str]
    watch: bool
    unknown_refused: bool
    second_counts: bool
    server_country: str
    passes: dict[str, CountryPass]

    @classmethod
    def of(cls, country: Country, server_country: str) -> CountryRule:
        """Make settings ready.

        Args:
            country: one scope's settings, resolved.
            server_country: as for `core.engine.policy.Policy.of`.
        """
        # A list that nobody has filled yet must not refuse everybody.
        unfinished = country.mode == "allow" and not country.list
        return cls(
            mode="off" if unfinished else country.mode,
            countries=frozenset(country.list),
            watch=country.watch,
            unknown_refused=country.unknown == "refuse",
            second_counts=country.match == "either",
            server_country=server_country if country.server == "auto" else country.server,
            passes={each.country: each for each in sorted(country.passes, key=lambda p: p.expires)},
        )

    def judge(self, first: str, second: str, wall: float) -> Ruling:
        """What the rule says, whether or not it only watches.

        Args:
            first: the country, "" when it is not known.
            second: the other source's opinion, "" without one.
            wall: seconds since 1970, for passes that end.
        """
        if self.mode == "off":
            return None
        if not first:
            return Reason.COUNTRY_UNKNOWN if self.unknown_refused else None
        if self._permits(first):
            return None
        second = second if self.second_counts else ""
        if second and self._permits(second):
            return None
        if self.passes:
            for code in (first, second):
                found = self.passes.get(code)
                if found is not None and found.expires > wall:
                    return found
        return Reason.COUNTRY

    def refuses(self, country: str, wall: float) -> bool:
        """Whether a login is refused of which only one source's country is known."""
        return not self.watch and isinstance(self.judge(country, "", wall), Reason)

    def or_else(self, wider: CountryRule) -> CountryRule:
        """A rule that refuses whom both refuse, and lets in whom either lets in."""
        if wider is self:
            return self
        own = {name: getattr(self, name) for name in CountryRule.__struct_fields__}
        return EitherRule(**own | {"watch": self.watch or wider.watch}, wider=wider)

    def _permits(self, code: str) -> bool:
        if code == self.server_country:
            return True
        return (code in self.countries) == (self.mode == "allow")


class EitherRule(CountryRule, frozen=True):
    """A rule beside which another one may let in.

    Attributes:
        wider: the other one.
    """

    wider: CountryRule

    def judge(self, first: str, second: str, wall: float) -> Ruling:
        """As of the rule itself, where the other one refuses, too."""
        found = super().judge(first, second, wall)
        if not isinstance(found, Reason):
            return found
        other = self.wider.judge(first, second, wall)
        return found if isinstance(other, Reason) else other


def describe(found: CountryPass) -> str:
    """A pass in one line: the evidence of a decision."""
    try:
        until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(found.expires))
    except (ValueError, OverflowError, OSError):
        until = "the end of the calendar"
    note = f" ({found.comment})" if found.comment else ""
    return f"traveller pass for {name(found.country)} until {until}{note}"
