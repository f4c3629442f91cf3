"""How a setting is asked for: which control, what stands in it, and what is read out of it.

Checks what a person can mistype, in their language; whether a value is legal is for
`core.settings.fields` to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, get_args

import msgspec
from flask_babel import gettext
from msgspec import Meta, Struct
from werkzeug.datastructures import MultiDict

from core.errors import SettingError
from core.settings import fields
from core.settings.about import Level
from core.settings.fields import Field
from core.web import settings_form_length
from core.web.complaints import said
from core.web.settings_form_words import words
from core.web.wording import number
from core.words import Word


class Kind(Word):
    """The controls; the values are names of macros in parts/settings.html."""

    CHOICE = "choice"
    SELECT = "select"
    SWITCH = "switch"
    LENGTH = "length"
    NUMBER = "number"
    COUNTRIES = "countries"
    COUNTRY = "country"
    REFUSAL = "refusal"
    SECRET = "secret"  # noqa: S105  the control's name
    MAIL = "mail"
    LINES = "lines"
    TEXT = "text"


class Given(Struct, frozen=True):
    """What stands in a control, good or bad.

    Attributes:
        text: of inputs; the value of a choice; "1" for a switch that is on.
        unit: of a length.
        picked: countries ticked.
    """

    text: str = ""
    unit: str = ""
    picked: tuple[str, ...] = ()


class Limits(Struct, frozen=True):
    """What a value must keep to; None for no limit."""

    least: int | None = None
    most: int | None = None
    longest: int | None = None
    shortest: int | None = None


MOST_SEGMENTS: Final = 3
"""Choices that stand side by side; more of them become a list that opens."""


_WHOLE: Final = re.compile(r"[0-9]{1,3}(?:[\s.,'\u2019][0-9]{3})+|[0-9]{1,12}", re.ASCII)
"""A number with or without marks between the thousands."""


def form_name(name: str) -> str:
    """A setting's name in forms: PHP mangles dots."""
    return name.replace(".", "-")


def kind_of(known: Field) -> Kind:
    """The control for a setting.

    Raises:
        ValueError: it is a list that has a page of its own.
    """
    if known.name == "country.passes" or known.group == "exempt":
        raise ValueError(f"{known.name} has a page of its own")
    if known.choices:
        return Kind.CHOICE if len(known.choices) <= MOST_SEGMENTS else Kind.SELECT
    if known.name in _BY_NAME:
        return _BY_NAME[known.name]
    if known.secret:
        return Kind.SECRET
    if isinstance(known.default, bool):
        return Kind.SWITCH
    if isinstance(known.default, int):
        return Kind.LENGTH if known.unit == "seconds" else Kind.NUMBER
    return Kind.LINES if isinstance(known.default, tuple) else Kind.TEXT


_BY_NAME: Final = {
    "country.list": Kind.COUNTRIES,
    "country.server": Kind.COUNTRY,
    "notify.address": Kind.MAIL,
    "text.country": Kind.REFUSAL,
    "text.network": Kind.REFUSAL,
    "text.send": Kind.REFUSAL,
}


def limits_of(known: Field) -> Limits:
    """The limits that the setting's type has."""
    found = Limits()
    for each in get_args(known.type)[1:]:
        if isinstance(each, Meta):
            found = Limits(
                *(
                    mine if theirs is None else int(theirs)
                    for mine, theirs in zip(
                        msgspec.structs.astuple(found),
                        (each.ge, each.le, each.max_length, each.min_length),
                        strict=True,
                    )
                )
            )
    return found


def shown(kind: Kind, value: Any) -> Given:
    """What stands in a control for a value."""
    if kind is Kind.LENGTH:
        return Given(*settings_form_length.split(value))
    if kind is Kind.COUNTRIES:
        return Given(picked=tuple(value))
    if kind is Kind.SWITCH:
        return Given("1" if value else "")
    if kind is Kind.SECRET:
        return Given()
    return Given("\n".join(value) if kind is Kind.LINES else str(value))


def sent(known: Field, kind: Kind, form: MultiDict[str, str]) -> Given:
    """What somebody left in a control."""
    name = form_name(known.name)
    if kind is Kind.COUNTRIES:
        codes = {code.strip().upper() for code in form.getlist(name)} - {""}
        return Given(picked=tuple(sorted(codes)))
    return Given(form.get(name, "").strip(), form.get(f"{name}-unit", ""))


def read(known: Field, kind: Kind, given: Given, level: Level) -> Any:
    """The plain value that somebody means.

    Args:
        known: the setting.
        kind: its control.
        given: what stands in it.
        level: of the scope.

    Raises:
        SettingError: it cannot be meant; the text is for beside the field.
    """
    value = _READERS.get(kind, _as_it_is)(given)
    _keep_to(limits_of(known), known, value)
    try:
        return fields.plain(fields.check(known.name, value, level))
    except SettingError as error:
        raise SettingError(said(str(error).removeprefix(f"{known.name}: "))) from error


def _whole(given: Given) -> int:
    if not _WHOLE.fullmatch(given.text):
        raise SettingError(gettext("must be a whole number"))
    return int(re.sub(r"[^0-9]", "", given.text))


def _length(given: Given) -> int:
    return settings_form_length.joined(given.text, given.unit)


def _switch(given: Given) -> bool:
    return given.text == "1"


def _countries(given: Given) -> list[str]:
    return list(given.picked)


def _lines(given: Given) -> list[str]:
    return [word for word in re.split(r"[,\s]+", given.text) if word]


def _as_it_is(given: Given) -> str:
    return given.text


_READERS: Final[dict[Kind, Callable[[Given], Any]]] = {
    Kind.NUMBER: _whole,
    Kind.LENGTH: _length,
    Kind.SWITCH: _switch,
    Kind.COUNTRIES: _countries,
    Kind.LINES: _lines,
}


def _keep_to(limits: Limits, known: Field, value: Any) -> None:
    """What the type would say in English, said in the visitor's language."""
    if isinstance(value, str):
        if limits.shortest and not value:
            raise SettingError(gettext("must not be empty"))
        if limits.longest is not None and len(value) > limits.longest:
            most = number(limits.longest)
            raise SettingError(gettext("must be at most %(most)s characters long", most=most))
        return
    low, high = limits.least, limits.most
    if low is not None and high is not None and not low <= value <= high:
        text = gettext(
            "must be between %(least)s and %(most)s",
            least=words(known.name, low),
            most=words(known.name, high),
        )
        raise SettingError(text)
