"""Columns of time: fills what is missing, and chooses which moments an axis names.

Knows nothing of languages; how a moment is written comes from the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from core.web.drawings.scale import Number

Values = tuple[Number, ...]

MOST: Final = 9
"""Moments that an axis names on a wide screen."""


class Column(Struct, frozen=True):
    """What was counted from one moment to the next column's.

    Attributes:
        when: where the column begins, in the visitor's time zone.
        values: one for each layer; None when nothing is known, which is not the same as nought.
    """

    when: datetime
    values: Values | None


def filled(
    counted: Mapping[datetime, Values | None], first: datetime, last: datetime, step: timedelta
) -> tuple[Column, ...]:
    """Return columns without holes: moments that were not counted get noughts.

    Whole days follow the calendar of the first moment's zone, also when its clocks change; shorter
    steps follow the clock that never changes.

    Args:
        counted: values by moment; moments off the grid are not drawn.
        first, last: the first and the last column.
        step: from one column to the next.

    Raises:
        ValueError: the step is not positive, or columns have different numbers of values.
    """
    if step <= timedelta(0):
        raise ValueError(f"{step} is no step")
    widths = {len(values) for values in counted.values() if values is not None} or {1}
    if len(widths) > 1:
        raise ValueError("columns have different numbers of values")
    noughts = (0,) * widths.pop()
    moments = []
    moment = first
    while moment <= last:
        moments.append(moment)
        moment = _after(moment, step)
    return tuple(Column(moment, counted.get(moment, noughts)) for moment in moments)


def marks(moments: Sequence[datetime]) -> list[int]:
    """Return the places of the moments that an axis names: midnights rather than any hours.

    The finest of the known rhythms that names few enough is taken; a series that fits none is
    divided evenly.
    """
    for rhythm in _RHYTHMS:
        found = [place for place, moment in enumerate(moments) if rhythm(moment)]
        if min(2, len(moments)) <= len(found) <= MOST:
            return found
    stride = -(-len(moments) // MOST)
    return list(range(0, len(moments), max(1, stride)))


def _after(moment: datetime, step: timedelta) -> datetime:
    if step % timedelta(days=1) and moment.tzinfo is not None:
        return (moment.astimezone(UTC) + step).astimezone(moment.tzinfo)
    return moment + step


def _midnight(moment: datetime) -> bool:
    return moment.hour == moment.minute == 0


_RHYTHMS: Final[tuple[Callable[[datetime], bool], ...]] = (
    lambda _: True,
    lambda moment: moment.minute % 15 == 0,
    lambda moment: moment.minute == 0,
    lambda moment: moment.minute == 0 and moment.hour % 3 == 0,
    lambda moment: moment.minute == 0 and moment.hour % 6 == 0,
    lambda moment: moment.minute == 0 and moment.hour % 12 == 0,
    _midnight,
    lambda moment: _midnight(moment) and moment.weekday() == 0,
    lambda moment: _midnight(moment) and moment.day == 1,
    lambda moment: _midnight(moment) and moment.day == 1 and moment.month in (1, 4, 7, 10),
    lambda moment: _midnight(moment) and moment.day == moment.month == 1,
)
"""From every moment to every New Year."""
