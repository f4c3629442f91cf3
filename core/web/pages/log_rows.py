"""Rows of the log: events with what people want to see of them, storms made one row.

The journal makes one event of equal verdicts within a minute. An attack lasts longer: here, equal
refusals of one page that follow each other closely become one row that opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_time
from flask_babel import gettext
from msgspec import Struct
from msgspec.structs import replace

from core.labels import CHECKS, label
from core.store.event_filter import StoredEvent
from core.web.pages.log_networks import networks
from core.web.pages.log_words import Words, words
from core.web.wording import language, local
from core.words import SERVICE_OF_PORT, Reason, Verdict

STORM_GAP: Final = 600.0
"""Seconds between two equal refusals after which they are two storms."""

_PORTS: Final = {service: port for port, service in SERVICE_OF_PORT.items()}


class Line(Struct, frozen=True):
    """One row.

    Attributes:
        event: the newest event in it.
        words: what happened.
        network: who runs the network it came from, "" when unknown.
        count: how many verdicts it stands for.
        first, last: when the first and the last of them fell.
        members: the rows that a storm of several events opens to, newest first.
    """

    event: StoredEvent
    words: Words
    network: str
    count: int
    first: float
    last: float
    members: tuple[Line, ...] = ()

    @property
    def port(self) -> int:
        """Port of the service, that of submission where it has none."""
        return _PORTS.get(self.event.service, 587)

    @property
    def service(self) -> str:
        """What the client talked to, in words."""
        return str(gettext(label(self.event.service)))

    @property
    def stage(self) -> str:
        """When it was asked, in words."""
        if self.event.reason is Reason.LOGIN_FAILED:
            return str(gettext("at the password"))
        return str(gettext(label(self.event.stage)))

    @property
    def check(self) -> str:
        """What decided, in words."""
        return str(gettext(CHECKS.get(self.event.check, self.event.check)))


def line_of(event: StoredEvent) -> Line:
    """The row of one event."""
    return Line(
        event, words(event), networks().name(event.address), event.count, event.at, event.last
    )


def lines_of(events: Sequence[StoredEvent], *, single: bool = False) -> list[Line]:
    """The rows of a page.

    Args:
        events: newest first.
        single: a row for each event.
    """
    found = [line_of(event) for event in events]
    return found if single else _storms(found)


def exact(at: float) -> str:
    """A moment for machines: ISO 8601, UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def upper_first(text: str) -> str:
    """The beginning of a sentence; other letters stay, as German nouns need theirs."""
    return text[:1].upper() + text[1:]


def clock(at: float) -> str:
    """``14:03:05``."""
    return str(format_time(local(at).timetz(), format="HH:mm:ss", locale=language()))


def _storms(lines: Sequence[Line]) -> list[Line]:
    """Put equal refusals together, each storm at the place of its newest event."""
    grouped: list[list[Line]] = []
    open_storms: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        key = _key(line.event) if _is_refusal(line.event) else None
        storm = open_storms.get(key) if key is not None else None
        if storm is not None and storm[-1].first - line.last <= STORM_GAP:
            storm.append(line)
            continue
        grouped.append([line])
        if key is not None:
            open_storms[key] = grouped[-1]
    return [_together(group) for group in grouped]


def _is_refusal(event: StoredEvent) -> bool:
    return event.verdict is not Verdict.ALLOW or event.reason is Reason.LOGIN_FAILED


def _key(event: StoredEvent) -> tuple[str, ...]:
    return (
        *(event.stage, event.service, event.verdict, event.reason),
        *(event.address, event.account),
    )


def _together(group: list[Line]) -> Line:
    if len(group) == 1:
        return group[0]
    return replace(
        group[0],
        count=sum(line.count for line in group),
        first=min(line.first for line in group),
        last=max(line.last for line in group),
        members=tuple(group),
    )
