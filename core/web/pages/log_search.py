"""What somebody asks of the log: read from an address, and made into an address again.

The address of a search holds all of it, so that it can be kept and sent to others. What is wrong
with a field is told beside it, and what was typed stays. Finds nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct
from msgspec.structs import replace

from core.net.countries import CODES
from core.settings.account import LONGEST, domain_of
from core.store.event_filter import EventFilter
from core.store.packed_address import span
from core.web.wording import local, zone
from core.words import Reason, Service, Stage, Verdict

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

PERIODS: Final[Mapping[str, LazyString]] = {
    "hour": lazy_gettext("Last hour"),
    "today": lazy_gettext("Today"),
    "24h": lazy_gettext("Last 24 hours"),
    "7d": lazy_gettext("Last 7 days"),
    "30d": lazy_gettext("Last 30 days"),
    "all": lazy_gettext("As far back as it goes"),
    "span": lazy_gettext("From and to a moment"),
}
"""Titles of the periods, the shortest first."""

USUAL: Final = "24h"
"""The period of a search that does not say."""

_BACK: Final = {"hour": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_STOPPED: Final = frozenset({Verdict.DENY, Verdict.DEFER})

RESULTS: Final[Mapping[str, LazyString]] = {
    "stopped": lazy_gettext("Refused, also for now"),
    "refused": lazy_gettext("Refused"),
    "put-off": lazy_gettext("Refused for now"),
    "allowed": lazy_gettext("Allowed"),
    "watched": lazy_gettext("Would have been refused"),
}
_VERDICTS: Final[Mapping[str, frozenset[Verdict]]] = {
    "stopped": _STOPPED,
    "refused": frozenset({Verdict.DENY}),
    "put-off": frozenset({Verdict.DEFER}),
    "allowed": frozenset({Verdict.ALLOW}),
    "watched": frozenset(),
}

FIELDS: Final = (
    *("account", "address", "result", "country", "network"),
    *("stage", "reason", "service", "queue", "from", "to"),
)
"""What can be asked for, beside the period; also the names in the address."""

LARGEST_NETWORK: Final = 1 << 32
LARGEST_NUMBER: Final = 1 << 63
"""No event has as large a number."""


class Search(Struct, frozen=True):
    """One search.

    Attributes:
        wanted: what the store is asked for.
        fields: what was typed or chosen, by name in `FIELDS`; what is empty is not in it.
        faults: what is wrong, by the field's name; then nothing is searched.
        period: one of `PERIODS`.
        single: whether storms are shown line by line.
        before: number of the event after which an older page begins, None for the newest.
        after: number of the event before which a newer page ends, likewise.
    """

    wanted: EventFilter
    fields: Mapping[str, str]
    faults: Mapping[str, str]
    period: str
    single: bool = False
    before: int | None = None
    after: int | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """For `url_for`: the search without its page."""
        said = dict(self.fields)
        if self.period != USUAL and self.period != "span":
            said["period"] = self.period
        if self.single:
            said["single"] = "1"
        return said

    def without(self, *names: str) -> dict[str, str]:
        """For `url_for`: the search without some of its fields."""
        return {name: value for name, value in self.arguments.items() if name not in names}

    def lasting(self, period: str) -> dict[str, str]:
        """For `url_for`: the same search in another period."""
        return {**self.without("from", "to", "period"), "period": period}

    @property
    def only_period(self) -> dict[str, str]:
        """For `url_for`: nothing but when."""
        kept = ("from", "to", "period")
        return {name: value for name, value in self.arguments.items() if name in kept}

    @property
    def line_by_line(self) -> dict[str, str]:
        """For `url_for`: the same search, storms not put together."""
        return {**self.arguments, "single": "1"}

    @property
    def domain(self) -> str:
        """The domain of the one account that is searched for, "" when it is a pattern."""
        name = self.fields.get("account", "")
        return "" if "*" in name else domain_of(name)

    @property
    def is_live(self) -> bool:
        """Whether what happens next may belong to what it finds."""
        return not self.faults and self.wanted.until is None


def read(said: Mapping[str, str], domains: frozenset[str] | None, now: float) -> Search:
    """The search that an address or a form names.

    Args:
        said: names and values.
        domains: those whose events the visitor may see, None for all.
        now: seconds since 1970.
    """
    fields = {name: said.get(name, "").strip()[:LONGEST] for name in FIELDS}
    fields = {name: value for name, value in fields.items() if value}
    period = said.get("period", "")
    if "span" in said and period != "span":  # the form showed a span, and another was chosen
        fields.pop("from", None)
        fields.pop("to", None)
    if "from" in fields or "to" in fields:
        period = "span"
    elif period not in PERIODS or period == "span":
        period = USUAL
    faults: dict[str, str] = {}
    wanted = _wanted(fields, EventFilter(domains=domains), faults)
    since, until = _bounds(period, fields, faults, now)
    return Search(
        wanted=replace(wanted, since=since, until=until),
        fields=fields,
        faults=faults,
        period=period,
        single=said.get("single") == "1",
        before=_number(said.get("before", "")),
        after=_number(said.get("after", "")),
    )


def _wanted(fields: Mapping[str, str], start: EventFilter, faults: dict[str, str]) -> EventFilter:
    found = start
    for name, value in fields.items():
        reader = _READERS.get(name)
        if reader is None:
            continue
        try:
            found = reader(found, value)
        except ValueError as error:
            faults[name] = str(error)
    return found


def _account(found: EventFilter, text: str) -> EventFilter:
    """A bare word is looked for anywhere in the name."""
    bare = "*" not in text and "@" not in text
    return replace(found, account=f"*{text}*" if bare else text)


def _address(found: EventFilter, text: str) -> EventFilter:
    if span(text) is None:
        raise ValueError(
            gettext(
                "This is neither an address like 203.0.113.7 nor a network like 203.0.113.0/24."
            )
        )
    return replace(found, address=text)


def _countries(found: EventFilter, text: str) -> EventFilter:
    codes = frozenset(code.strip().upper() for code in text.split(","))
    if not codes <= CODES:
        raise ValueError(gettext("There is no such country."))
    return replace(found, countries=codes)


def _network(found: EventFilter, text: str) -> EventFilter:
    digits = text.upper().removeprefix("AS").strip()
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 11 else 0
    if not 0 < number < LARGEST_NETWORK:
        raise ValueError(gettext("A network has a number like AS64500."))
    return replace(found, asn=number)


def _queue_id(found: EventFilter, text: str) -> EventFilter:
    return replace(found, queue_id=text)


def _result(found: EventFilter, text: str) -> EventFilter:
    if text not in RESULTS:
        raise ValueError(_no_such_choice())
    return replace(found, verdicts=_VERDICTS[text], would=text == "watched")


def _stage(found: EventFilter, text: str) -> EventFilter:
    if text not in set(Stage):
        raise ValueError(_no_such_choice())
    return replace(found, stages=frozenset({Stage(text)}))


def _reason(found: EventFilter, text: str) -> EventFilter:
    if text not in set(Reason):
        raise ValueError(_no_such_choice())
    return replace(found, reasons=frozenset({Reason(text)}))


def _service(found: EventFilter, text: str) -> EventFilter:
    if text not in set(Service):
        raise ValueError(_no_such_choice())
    return replace(found, services=frozenset({Service(text)}))


_READERS: Final[Mapping[str, Callable[[EventFilter, str], EventFilter]]] = {
    "account": _account,
    "address": _address,
    "country": _countries,
    "network": _network,
    "queue": _queue_id,
    "result": _result,
    "stage": _stage,
    "reason": _reason,
    "service": _service,
}


def _no_such_choice() -> str:
    return str(gettext("There is no such choice."))


def _bounds(
    period: str, fields: Mapping[str, str], faults: dict[str, str], now: float
) -> tuple[float | None, float | None]:
    """The first second that is searched, and the one before which the search ends."""
    if period == "all":
        return None, None
    if period == "today":
        return local(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp(), None
    if period in _BACK:
        return now - _BACK[period], None
    ends: dict[str, float | None] = {"from": None, "to": None}
    for name in ends:
        if name in fields:
            try:
                ends[name] = _moment(fields[name], is_end=name == "to")
            except (ValueError, OverflowError, OSError):
                faults[name] = gettext("This is no date like 2026-03-01 or 2026-03-01T18:00.")
    since, until = ends["from"], ends["to"]
    if since is not None and until is not None and since >= until:
        faults["to"] = gettext("The end lies before the beginning.")
    return since, until


def _moment(text: str, *, is_end: bool) -> float:
    """A moment in the visitor's zone; a day alone, as an end, is a whole day."""
    if len(text) == len("2026-03-01"):
        day = date.fromisoformat(text) + timedelta(days=1 if is_end else 0)
        return datetime.combine(day, time(), zone()).timestamp()
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone())).timestamp()


def _number(text: str) -> int | None:
    """The number of an event; None for what is none, as nobody types one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    number = int(text)
    return number if number < LARGEST_NUMBER else None
