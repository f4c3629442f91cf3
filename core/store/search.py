"""Finds the newest events that a filter wants, among millions, without scanning them.

Every index of events is cut into slots of time (`core.store.schema` says why). A search picks the
index whose part of the filter is the rarest and reads its hits from a stretch of slots, the newest
stretch first and each longer than the one before, until it has enough. The whole rows are read
last, and only those that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from core.store.accounts import like, matching
from core.store.event_filter import EventFilter
from core.store.event_index import Bare, indexed
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

SAMPLED: Final = 4
"""Slots in which parts are compared that are all common."""

SEEKS: Final = 64
"""Kinds times values searched for, up to which each pair is looked up by itself in a slot. With
more, reading past the kinds that are not wanted is quicker."""

FEW_KINDS: Final = 2
"""So few kinds are always looked up: a month of two hundred domains took 115 ms instead of 185."""

COVERED: Final = {
    "events_country": {"events_country", "events_kind"},
    "events_asn": {"events_asn", "events_kind"},
    "events_address": {"events_address", "events_kind", "events_country"},
    "events_account": {"events_account", "events_kind", "events_country"},
    "events_domain": {"events_domain", "events_kind", "events_country"},
}
"""What else an index can tell, without the rows. To read a row costs as much as four entries."""

AnyRow = Row[*tuple[Any, ...]]
Condition = ColumnElement[bool]
Place = tuple[float, int]
"""Where an event stands in time: when it fell and its number."""


_e = Bare
_EMPTY: Final[ColumnElement[str]] = literal_column("''")
"""Written out, so that SQLite sees that a partial index holds what is searched for."""


class Part(NamedTuple):
    """One part of a filter.

    Attributes:
        condition: what events must fulfil.
        index_name: the index that answers it, "" when none does.
        values: how many values that index is asked for.
        exact: whether it is asked for values, not for all between two.
    """

    condition: Condition
    index_name: str = ""
    values: int = 1
    exact: bool = True


NOTHING: Final = Part(literal_column("1") == literal_column("0"), values=0)
"""What no event fits."""


class Period(NamedTuple):
    """The time searched.

    Attributes:
        first, end: moments; `end` itself is not searched.
        before: only events older than this one.
        after: only events newer than this one, the oldest of them first.
    """

    first: float
    end: float
    before: Place | None = None
    after: Place | None = None

    def conditions(self) -> list[Condition]:
        """What events in the period fulfil."""
        inside: list[Condition] = [_e.at >= self.first, _e.at < self.end]
        if self.before is not None:
            at, number = self.before
            inside += [_e.at <= at, or_(_e.at < at, _e.id < number)]
        if self.after is not None:
            at, number = self.after
            inside += [_e.at >= at, or_(_e.at > at, _e.id > number)]
        return inside

    def slots(self) -> range:
        """The slots that it touches, in the order in which they are searched."""
        first = self.first if self.after is None else max(self.first, self.after[0])
        end = self.end if self.before is None else min(self.end, self.before[0])
        if self.after is not None:
            return range(int(first // SLOT), int(end // SLOT) + 1)
        return range(int(end // SLOT), int(first // SLOT) - 1, -1)

    def order(self) -> tuple[Any, Any]:
        """The order in which events are searched."""
        if self.after is not None:
            return _e.at.asc(), _e.id.asc()
        return _e.at.desc(), _e.id.desc()


class Search:
    """One filter, and how it is best answered.

    Args:
        connection: where to read.
        wanted: the filter.
        kinds: numbers of the kinds that it takes, None for all.
        index_name: the index of events to use, if the caller knows that it is the cheapest; one
            of those that the filter asks for.
    """

    def __init__(
        self,
        connection: Connection,
        wanted: EventFilter,
        kinds: Sequence[int] | None,
        index_name: str = "",
    ) -> None:
        self._index_name = index_name
        self._connection = connection
        self._parts = _parts(connection, wanted, kinds)
        self._period = _period(connection, wanted)
        self._kinds = kinds

    def rows(
        self, limit: int, before: Place | None = None, after: Place | None = None
    ) -> Sequence[AnyRow]:
        """Rows of the newest events that fit, newest first.

        Args:
            limit: how many rows at most.
            before: only events older than this one.
            after: only events newer than this one: those that come next after it.
        """
        places: list[Place] = []
        for driver, conditions in self._stretches(before, after):
            period = Period(0.0, 0.0, before, after)
            query: Select[Any] = select(_e.at, _e.id).where(*conditions).order_by(*period.order())
            found = indexed(self._connection, query.limit(limit - len(places)), driver)
            places += [(row.at, row.id) for row in self._connection.execute(found)]
            if len(places) >= limit:
                break
        numbers = [number for _, number in places]
        whole = select(events).where(events.c.id.in_(numbers))
        order = (events.c.at.desc(), events.c.id.desc())
        return self._connection.execute(whole.order_by(*order)).all()

    def count(self, most: int) -> int:
        """How many events fit, counted up to a limit."""
        count = 0
        for driver, conditions in self._stretches(None, None):
            count += self._hits(conditions, driver, most - count)
            if count >= most:
                break
        return count

    def _stretches(
        self, before: Place | None, after: Place | None
    ) -> Iterator[tuple[str, list[Condition]]]:
        """The index to use and what to ask it, one stretch of time after the other."""
        if self._period is None or any(part.values == 0 for part in self._parts):
            return
        period = self._period._replace(before=before, after=after)
        driver = self._rarest(period)
        if driver is None:
            conditions = [part.condition for part in self._parts]
            yield "events_at", [*period.conditions(), *conditions, *self._kind_condition(None)]
            return
        conditions = [*period.conditions(), *(part.condition for part in self._parts)]
        conditions += self._kind_condition(driver)
        for stretch in _stretches(period.slots(), driver.values):
            yield driver.index_name, [_e.slot.in_(stretch), *conditions]

    def _kind_condition(self, driver: Part | None) -> list[Condition]:
        """The kinds, in the way in which the index of another part answers best."""
        if self._kinds is None:
            return []
        if driver is not None and (driver.index_name == "events_kind" or self._seeks(driver)):
            return [_e.kind.in_(self._kinds)]
        return [(_e.kind + literal_column("0")).in_(self._kinds)]

    def _rarest(self, period: Period) -> Part | None:
        """The part whose index leaves the least to look at; None when all events must be."""
        able = [part for part in self._parts if part.index_name]
        if self._kinds is not None:
            able.append(_any_of("events_kind", _e.kind, self._kinds))
        for part in able:
            if part.index_name == self._index_name or len(able) == 1:
                return part
        if not able:
            return None
        slots = period.slots()
        costs = [self._cost(part, slots[: PROBES // max(part.values, 1)], RARE) for part in able]
        if min(costs) >= RARE:
            step = max(1, len(slots) // SAMPLED)
            costs = [self._cost(part, slots[step // 2 :: step], 10 * RARE) for part in able]
        return able[costs.index(min(costs))]

    def _cost(self, part: Part, slots: range, most: int) -> int:
        """What it costs to ask the part's index for these slots, counted up to a limit."""
        conditions = [_e.slot.in_(slots), part.condition]
        if self._seeks(part):
            conditions += self._kind_condition(part)
        entries = self._hits(conditions, part.index_name, most)
        asked = {other.index_name for other in self._parts} | {"events_kind"}
        return entries if asked <= COVERED.get(part.index_name, set()) else 4 * entries

    def _seeks(self, part: Part) -> bool:
        """Whether the part's index finds the kinds that are wanted without reading the others."""
        if self._kinds is None or not part.exact:
            return False
        return len(self._kinds) <= FEW_KINDS or part.values * len(self._kinds) <= SEEKS

    def _hits(self, conditions: Iterable[Condition], index_name: str, most: int) -> int:
        one: Select[Any] = select(literal_column("1").label("one")).where(*conditions).limit(most)
        hits = indexed(self._connection, one, index_name).subquery()
        return self._connection.execute(select(func.count()).select_from(hits)).scalar_one()


def place_of(connection: Connection, number: int) -> Place | None:
    """Where an event stands in time, None when it is gone."""
    place = select(events.c.at, events.c.id).where(events.c.id == number)
    row = connection.execute(place).one_or_none()
    return None if row is None else (row.at, row.id)


def _period(connection: Connection, wanted: EventFilter) -> Period | None:
    """The time in which events can be at all; None when there are none."""
    oldest = connection.execute(select(func.min(events.c.at))).scalar()
    latest = connection.execute(select(func.max(events.c.at))).scalar()
    if oldest is None or latest is None:
        return None
    first = oldest if wanted.since is None else max(wanted.since, oldest)
    end = latest + 1.0 if wanted.until is None else min(wanted.until, latest + 1.0)
    return Period(first, end) if first < end else None


def _stretches(slots: range, values: int) -> Iterator[range]:
    length = FIRST_STRETCH
    longest = max(FIRST_STRETCH, PROBES // max(values, 1))
    start = 0
    while start < len(slots):
        yield slots[start : start + length]
        start += length
        length = min(length * 4, longest)


def _parts(connection: Connection, wanted: EventFilter, kinds: Sequence[int] | None) -> list[Part]:
    parts = []
    domains = wanted.domains
    name = wanted.account.strip().lower()
    if name.startswith("*@") and "*" not in name[1:]:
        domains = frozenset({name[2:]}) if domains is None else domains & {name[2:]}
    elif name.strip("*"):
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
    if kinds is not None and not kinds:
        parts.append(NOTHING)
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


def _address(asked: str) -> Part:
    ends = span(asked)
    if ends is None:
        return NOTHING
    first, last = ends
    conditions: list[Condition] = [_e.address.between(first, last)]
    if first < MAPPED[0] and last > MAPPED[1]:
        conditions.append(not_(_e.address.between(*MAPPED)))
    if last[0] == 0xFF:  # where what is no address is kept, in more bytes
        conditions.append(func.length(_e.address) == len(last))
    return Part(and_(*conditions), "events_address", exact=first == last)
