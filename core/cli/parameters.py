"""Options that several verbs have, and values that are more than text: countries, networks ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from core.cli.moment import Moment
from core.net.addresses import parse
from core.net.countries import CODES
from core.net.prefixes import Prefix
from core.words import Reason, Service, Stage, Verdict, Word


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


def not_empty(context: click.Context, option: click.Parameter, value: str) -> str:
    """Refuse a name that was given and is empty: an unset variable must not mean the server."""
    given = context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT
    if given and not value.strip():
        raise click.BadParameter("it is empty; leave the option out to mean the whole server")
    return value.strip()


def word(words: type[Word]) -> click.Choice[str]:
    """One of the words of a kind, as it is written in logs."""
    return click.Choice([each.value for each in words])


Verb = TypeVar("Verb", bound=Callable[..., Any])
Option = Callable[[Verb], Verb]

as_json = click.option("--json", "as_json", is_flag=True, help="For programs, see docs/cli.md.")
until = click.option("--until", type=Moment(), default=None, metavar="2h|DATE", help="Before then.")
why = click.option("--why", default="", metavar="TEXT", help="Kept in the audit trail.")
account_pattern = click.option(
    "--account", default="", metavar="NAME", help="A login name; * stands for any text."
)


def since(default: str | None) -> Option[Any]:
    """The begin of a period.

    Args:
        default: as it would be typed; None for no limit.
    """
    return click.option(
        "--since",
        type=Moment(),
        default=default,
        show_default=True,
        metavar="2h|DATE",
        help="From then on: a length of time before now, or a date.",
    )


def limit(default: int) -> Option[Any]:
    """How many lines are shown at most."""
    return click.option(
        "--limit",
        type=click.IntRange(1),
        default=default,
        show_default=True,
        help="How many are shown.",
    )


def kinds(verb: Verb) -> Verb:
    """What events and counts can both be searched for."""
    options = (
        click.option("--domain", "domains", multiple=True, metavar="DOMAIN", help="Of an account."),
        click.option(
            "--country",
            "countries",
            multiple=True,
            type=Country(),
            metavar="CODE",
            help="Of the client, two letters.",
        ),
        click.option("--reason", "reasons", multiple=True, type=word(Reason), help="Why."),
        click.option("--stage", "stages", multiple=True, type=word(Stage), help="The question."),
        click.option(
            "--service",
            "services",
            multiple=True,
            type=word(Service),
            help="What the client talked to.",
        ),
        click.option(
            "--verdict", "verdicts", multiple=True, type=word(Verdict), help="The answer."
        ),
        click.option(
            "--would", is_flag=True, help="Only what a check that only watches would have refused."
        ),
    )
    for option in reversed(options):
        verb = option(verb)
    return verb
