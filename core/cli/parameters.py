"""Values on the command line that are more than text: countries, networks, systems, words."""

from __future__ import annotations

import click

from core.net.addresses import parse
from core.net.countries import CODES
from core.net.prefixes import Prefix
from core.words import Word


class Country(click.ParamType[str]):
    """A country by its two-letter code."""

    name = "country"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The code in upper case."""
        code = str(value).upper()
        if code not in CODES:
            self.fail(f"{value!r} is no country code (ISO 3166)", param, ctx)
        return code


class Network(click.ParamType[str]):
    """An address or a network."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Its canonical text."""
        address = parse(str(value))
        if address is not None:
            return address.text
        try:
            return str(Prefix.parse(str(value)))
        except ValueError:
            self.fail(f"{value!r} is neither an address nor a network", param, ctx)


class System(click.ParamType[int]):
    """An autonomous system by its number."""

    name = "asn"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Its number."""
        digits = str(value).upper().removeprefix("AS")
        if not digits.isdecimal() or not 0 < int(digits) < 1 << 32:
            self.fail(f"{value!r} is no AS number", param, ctx)
        return int(digits)


def word(words: type[Word]) -> click.Choice[str]:
    """One of the words of a kind, as it is written in logs."""
    return click.Choice([each.value for each in words])
