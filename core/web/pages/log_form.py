"""The form of a search: its choices, the quick searches, and what is searched for in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct

from core.labels import SERVICES, STAGES
from core.net.countries import CODES
from core.web.pages.log_search import PERIODS, RESULTS, Search
from core.web.pages.log_words import reason_words
from core.web.wording import country
from core.words import Reason, Service, Stage

_TITLES: Final[Mapping[str, LazyString]] = {
    "account": lazy_gettext("Account"),
    "address": lazy_gettext("Address"),
    "result": lazy_gettext("Result"),
    "country": lazy_gettext("Country"),
    "network": lazy_gettext("Network"),
    "stage": lazy_gettext("When it is asked"),
    "reason": lazy_gettext("Reason"),
    "service": lazy_gettext("Service"),
    "queue": lazy_gettext("Queue id"),
    "from": lazy_gettext("From"),
    "to": lazy_gettext("To"),
}

_MORE: Final = frozenset({"country", "network", "stage", "reason", "service", "queue"})
"""Fields that unfold."""

_QUICK: Final[tuple[tuple[LazyString, Mapping[str, str]], ...]] = (
    (lazy_gettext("Everything"), {}),
    (lazy_gettext("Only refusals"), {"result": "stopped"}),
    (lazy_gettext("Only watched"), {"result": "watched"}),
    (lazy_gettext("Wrong passwords"), {"reason": Reason.LOGIN_FAILED.value}),
    (lazy_gettext("Known attackers"), {"reason": Reason.NETWORK_ATTACKER.value}),
    (lazy_gettext("Attacked this server"), {"reason": Reason.ATTACKER_SEEN.value}),
    (lazy_gettext("Sent too many mails"), {"reason": Reason.SEND_LIMIT.value}),
)


class Quick(Struct, frozen=True):
    """A search that is one click away; `is_here` when it is the present one."""

    title: str
    address: str
    is_here: bool


class Tag(Struct, frozen=True):
    """One thing that is searched for, in words, and the address of the search without it."""

    title: str
    value: str
    address: str


Choices = Mapping[str, Mapping[str, str]]


def choices(search: Search) -> Choices:
    """For each field with a list: its values and what they are called."""
    countries = {code: country(code) for code in sorted(CODES, key=country)}
    chosen = search.fields.get("country", "")
    if chosen and chosen not in countries:  # several, from a link
        countries[chosen] = _spoken("country", chosen)
    return {
        "result": {value: str(title) for value, title in RESULTS.items()},
        "period": {value: str(title) for value, title in PERIODS.items()},
        "stage": {stage.value: str(gettext(STAGES[stage])) for stage in Stage},
        "reason": {reason.value: reason_words(reason) for reason in Reason},
        "service": {service.value: str(gettext(SERVICES[service])) for service in Service},
        "country": countries,
    }


def quick(search: Search) -> list[Quick]:
    """The quick searches, in the period that is being looked at."""
    when = search.only_period
    present = {name: v for name, v in search.arguments.items() if name not in when}
    present.pop("single", None)
    return [
        Quick(str(title), address_of({**when, **fields}), present == fields)
        for title, fields in _QUICK
    ]


def tags(search: Search) -> list[Tag]:
    """What is searched for, beside the period."""
    return [
        Tag(str(_TITLES[name]), _spoken(name, value), address_of(search.without(name)))
        for name, value in search.fields.items()
        if name not in ("from", "to")
    ]


def unfolds(search: Search) -> bool:
    """Whether the fields that unfold must be seen: one of them is used, or wrong."""
    used = set(search.fields) | set(search.faults)
    return bool(used & _MORE) or search.period == "span"


def address_of(fields: Mapping[str, Any]) -> str:
    """The address of a search."""
    return url_for("log.show", **fields)


def _spoken(name: str, value: str) -> str:
    if name == "country":
        return ", ".join(country(code.strip().upper()) for code in value.split(","))
    if name == "result":
        return str(RESULTS.get(value, value))
    if name == "reason":
        return reason_words(value)
    if name == "stage" and value in set(Stage):
        return str(gettext(STAGES[Stage(value)]))
    if name == "service" and value in set(Service):
        return str(gettext(SERVICES[Service(value)]))
    return value
