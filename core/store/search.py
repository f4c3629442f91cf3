"""Finds the newest events that a filter wants, among millions, without scanning them.

Every index of events is cut into slots of time (`core.store.schema` says why). A search picks the
index whose part of the filter is the rarest and reads its hits from a stretch of slots, the newest
stretch first and each longer than the one before, until it has enough. The whole rows are read
last, and only those that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal_column, not_, or_, select

from core.store.accounts import like, matching
from core.store.event_filter import EventFilter
from core.store.packed_address import MAPPED, span
from core.store.schema import SLOT, events

PROBES: Final = 50_000
"""How many places of an index one query may look at: slots times values searched for."""

FIRST_STRETCH: Final = 6
"""Slots in the first stretch: a day."""

RARE: Final = 20_000
"""Counting how rare a part is stops here."""

NAMES: Final = 1000
"""A pattern that more accounts fit is matched event by event."""

AnyRow = Row[*tuple[Any, ...]]
Condition = ColumnElement[bool]
Place = tuple[float, int]
"""Where an event stands in time: when it fell and its number."""

_e = events.c
_EMPTY: Final[ColumnElement[str]] = literal_column("''")
"""Written out, so that SQLite sees that a partial index holds what is searched for."""


class Part(NamedTuple):
    """One part of a filter.

    Attributes:
        condition: what events must fulfil.
        index_name: the index that answers it, "" when none does.
        values: how many values that index is asked for.
    """

    condition: Condition
    index_name: str = ""
    values: int = 1


class Period(NamedTuple):
    """The time searched.

    Attributes:
        first, end: moments; `end` itself is not searched.
        before: only events older than this one.
    """

    first: float
    end: float
    before: Place | None

    def conditions(self) -> list[Condition]:
        """What events in the period fulfil."""
        inside: list[Condition] = [_e.at >= self.first, _e.at < self.end]
        if self.before is not None:
            at, number = self.before
            inside += [_e.at <= at, or_(_e.at < at, _e.id < number)]
        return inside

    def slots(self) -> range:
        """The slots that it touches, the newest first."""
        end = self.end if self.before is None else min(self.end, self.before[0])
        return range(int(end // SLOT), int(self.first // SLOT) - 1, -1)


def newest(
    connection: Connection,
    wanted: EventFilter,
    kinds: Sequence[int] | None,
    limit: int,
    before: Place | None,
) -> Sequence[AnyRow]:
    """Rows of the newest events that fit, newest first.

    Args:
        connection: where to read.
        wanted: the filter.
        kinds: numbers of the kinds that it takes, None for all.
        limit: how many rows at most.
        before: only events older than this one.
    """
    period = _period(connection, wanted, before)
    parts = _parts(connection, wanted, kinds)
    if period is None or any(part.values == 0 for part in parts):
        return ()
    driver = _rarest(connection, parts, period)
    conditions = [*period.conditions(), *(part.condition for part in parts)]
    if driver is None:
        places = _places(connection, "events_at", conditions, limit)
    else:
        places = []
        for stretch in _stretches(period.slots(), driver.values):
            places += _places(
                connection,
                driver.index_name,
                [_e.slot.in_(stretch), *conditions],
                limit - len(places),
            )
            if len(places) >= limit:
                break
    query = select(events).where(_e.id.in_([number for _, number in places]))
    return connection.execute(query.order_by(_e.at.desc(), _e.id.desc())).all()


def place_of(connection: Connection, number: int) -> Place | None:
    """Where an event stands in time, None when it is gone."""
    row = connection.execute(select(_e.at, _e.id).where(_e.id == number)).one_or_none()
    return None if row is None else (row.at, row.id)


def _period(connection: Connection, wanted: EventFilter, before: Place | None) -> Period | None:
    """The time in which events can be at all; None when there are none."""
    oldest = connection.execute(select(func.min(_e.at))).scalar()
    latest = connection.execute(select(func.max(_e.at))).scalar()
    if oldest is None or latest is None:
        return None
    first = oldest if wanted.since is None else max(wanted.since, oldest)
    end = latest + 1.0 if wanted.until is None else min(wanted.until, latest + 1.0)
    return Period(first, end, before) if first < end else None


def _stretches(slots: range, values: int) -> Iterator[range]:
    length = FIRST_STRETCH
    longest = max(FIRST_STRETCH, PROBES // max(values, 1))
    start = 0
    while start < len(slots):
        yield slots[start : start + length]
        start += length
        length = min(length * 4, longest)


def _places(
    connection: Connection, index_name: str, conditions: Iterable[Condition], limit: int
) -> list[Place]:
    query = (
        select(_e.at, _e.id)
        .where(*conditions)
        .order_by(_e.at.desc(), _e.id.desc())
        .limit(limit)
        .with_hint(events, f"INDEXED BY {index_name}", "sqlite")
    )
    return [(row.at, row.id) for row in connection.execute(query)]


def _rarest(connection: Connection, parts: list[Part], period: Period) -> Part | None:
    """The part that leaves the fewest events to look at; None when all of them must be."""
    able = [part for part in parts if part.index_name]
    if len(able) < 2:
        return able[0] if able else None
    return min(able, key=lambda part: _count(connection, part, period))


def _count(connection: Connection, part: Part, period: Period) -> int:
    """How many events of the period fit the part, counted up to a limit."""
    slots = period.slots()[: PROBES // max(part.values, 1)]
    hits = (
        select(literal_column("1").label("one"))
        .select_from(events)
        .where(_e.slot.in_(slots), part.condition)
        .limit(RARE)
        .with_hint(events, f"INDEXED BY {part.index_name}", "sqlite")
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(hits)).scalar_one()


def _parts(connection: Connection, wanted: EventFilter, kinds: Sequence[int] | None) -> list[Part]:
    parts = []
    domains = wanted.domains
    name = wanted.account.strip().lower()
    if name.startswith("*@") and "*" not in name[1:]:
        domains = frozenset({name[2:]}) if domains is None else domains & {name[2:]}
    elif name:
        parts.append(_account(connection, name, domains))
    if domains is not None:
        parts.append(_any_of("events_domain", _e.domain, domains, _e.domain != _EMPTY))
    if wanted.address:
        parts.append(_address(wanted.address))
    if wanted.queue_id:
        only = _e.queue_id != _EMPTY
        parts.append(_any_of("events_queue_id", _e.queue_id, [wanted.queue_id], only))
    if wanted.asn:
        parts.append(_any_of("events_asn", _e.asn, [wanted.asn], _e.asn != literal_column("0")))
    if wanted.countries:
        parts.append(_any_of("events_country", _e.country, wanted.countries))
    if kinds is not None:
        parts.append(_any_of("events_kind", _e.kind, kinds))
    return parts


def _any_of(
    index_name: str, column: ColumnElement[Any], values: Iterable[Any], *only: Condition
) -> Part:
    listed = sorted(values)
    return Part(and_(column.in_(listed), *only), index_name, len(listed))


def _account(connection: Connection, name: str, domains: frozenset[str] | None) -> Part:
    only = _e.account != _EMPTY
    if "*" not in name:
        return _any_of("events_account", _e.account, [name], only)
    names = matching(connection, name, domains, NAMES + 1)
    if len(names) > NAMES:
        return Part(like(_e.account, name))
    return _any_of("events_account", _e.account, names, only)


def _address(text: str) -> Part:
    ends = span(text)
    if ends is None:
        return Part(literal_column("1") == literal_column("0"), values=0)
    first, last = ends
    conditions: list[Condition] = [_e.address.between(first, last)]
    if first < MAPPED[0] and last > MAPPED[1]:
        conditions.append(not_(_e.address.between(*MAPPED)))
    if last[0] == 0xFF:  # where what is no address is kept, in more bytes
        conditions.append(func.length(_e.address) == len(last))
    return Part(and_(*conditions), "events_address")
