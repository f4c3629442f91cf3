"""Values of settings as the visitor reads them: names of choices and countries, lengths of time.

The command line has words of its own (`core.desk.values`), in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext, ngettext

from core.desk.text import printable
from core.desk.values import MASK
from core.settings.about import Unit
from core.settings.fields import FIELDS, Field
from core.settings.scope import SERVER_SCOPE, Scope
from core.web import settings_form_length
from core.web.wording import country, number

MOST: Final = 6
"""Entries of a list that are named; the others are counted."""

UNITS: Final[Mapping[Unit, Any]] = {
    "seconds": lazy_gettext("seconds"),
    "hours": lazy_gettext("hours"),
    "days": lazy_gettext("days"),
    "hour": lazy_gettext("o'clock"),
    "mails": lazy_gettext("mails"),
    "countries": lazy_gettext("countries"),
    "networks": lazy_gettext("networks"),
    "accounts": lazy_gettext("accounts"),
    "passwords": lazy_gettext("passwords"),
    "addresses": lazy_gettext("addresses"),
    "refusals": lazy_gettext("refusals"),
    "km/h": lazy_gettext("km/h"),
    "times": lazy_gettext("times"),
    "percent": lazy_gettext("percent"),
}
"""What stands behind a number in a form."""


def words(name: str, value: Any) -> str:
    """A setting's value in a few words.

    Args:
        name: public name.
        value: typed or plain; None for one that is not set.
    """
    known = FIELDS.get(name)
    if known is None:  # another version's
        return printable(str(value))
    if value is None:
        return str(gettext("not set"))
    if known.secret and value:
        return MASK
    if isinstance(value, bool):
        return str(gettext("on") if value else gettext("off"))
    if isinstance(value, tuple | list):
        return _list(name, value)
    if isinstance(value, int):
        return _number(known, value)
    if isinstance(value, str) and value in known.choices:
        return str(gettext(known.choices[value]))
    if name == "country.server":
        return gettext("detected") if value == "auto" else country(str(value))
    return printable(str(value)) or str(gettext("empty"))


def _number(known: Field, value: int) -> str:
    if known.unit == "seconds":
        return length(value)
    if known.unit == "days":
        return str(ngettext("%(num)d day", "%(num)d days", value))
    if known.unit == "mails":
        return str(ngettext("%(said)s mail", "%(said)s mails", value, said=number(value)))
    return number(value)


def length(seconds: int) -> str:
    """A length of time, exact: ``90 seconds``, ``5 minutes``."""
    amount, unit = settings_form_length.split(seconds)
    return f"{number(int(amount))} {_unit(unit, int(amount))}"


def _unit(unit: str, amount: int) -> str:
    one = {
        "s": ngettext("second", "seconds", amount),
        "m": ngettext("minute", "minutes", amount),
        "h": ngettext("hour", "hours", amount),
        "d": ngettext("day", "days", amount),
    }
    return str(one[unit])


def _list(name: str, value: Any) -> str:
    if not value:
        return str(gettext("none"))
    if name != "country.list" and not isinstance(value[0], str):
        return str(ngettext("%(num)d entry", "%(num)d entries", len(value)))
    shown = [country(code) if name == "country.list" else code for code in value[:MOST]]
    text = printable(", ".join(shown))
    more = len(value) - MOST
    if more > 0:
        text = ngettext("%(text)s and %(num)d more", "%(text)s and %(num)d more", more, text=text)
    return str(text)


def place(scope: Scope | None) -> str:
    """A scope in a sentence: ``the server``, ``domain example.test``; None is the default."""
    if scope is None:
        return str(gettext("default"))
    if scope == SERVER_SCOPE:
        return str(gettext("the server"))
    if scope.level == "domain":
        return str(gettext("domain %(name)s", name=printable(scope.name)))
    return str(gettext("mailbox %(name)s", name=printable(scope.name)))
