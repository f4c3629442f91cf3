"""How servers are compared on a machine whose speed changes from one second to the next.

Another guest of the same processor, or other work here, makes the same server at the same work take
twice the time for some seconds. So no two runs are divided by each other. All servers stand at
once, each with its load generator, and are loaded in slices of a fraction of a second in turn: the
floor, ours, the floor, ours. A slice of ours is compared with the slices of the floor before and
after it. Where these two differ much, the machine changed its speed between them, and nothing is
made of the slice. The rest gives a median and quartiles. `speed_cores` takes away the other reason
for which figures differ.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from bench.speed_generator import Slice

FLOOR, OURS, PYTHON = "C", "mailward", "Python"
UNSTEADY = 1.5
"""How much the floor before and after a slice may differ."""

BLOCK = 3
"""As many slices of ours, and one of the interpreter's floor, until the layout changes."""


class Spread(Struct, frozen=True):
    """Ratios of slices to the floor around them.

    Attributes:
        median: of the ratios, 0 without any.
        low: a quarter of them is below.
        high: a quarter is above.
        count: how many there are.
        left_out: how many slices had an unsteady floor.
    """

    median: float
    low: float
    high: float
    count: int
    left_out: int


Taken = Sequence[tuple[str, Slice]]
"""Slices in the order in which they were, each with its side."""


def order() -> list[str]:
    """Who is loaded when in a block, so that every other slice has the floor on both sides."""
    sides = [FLOOR]
    for side in (*[OURS] * BLOCK, PYTHON):
        sides += [side, FLOOR]
    return sides


def ratios(taken: Taken, side: str) -> tuple[list[float], int]:
    """What a side's slices cost as multiples of the floor around, and how many are left out."""
    found, left_out = [], 0
    for (_, before), (name, inner), (_, after) in zip(taken, taken[1:], taken[2:], strict=False):
        if name != side:
            continue
        least, most = sorted((before.cost, after.cost))
        if inner.cost and least and most <= UNSTEADY * least:
            found.append(2 * inner.cost / (least + most))
        else:
            left_out += 1
    return found, left_out


def spread(stretches: Iterable[Taken], side: str) -> Spread:
    """Of all blocks and rounds together."""
    found, left_out = [], 0
    for taken in stretches:
        more, unsteady = ratios(taken, side)
        found += more
        left_out += unsteady
    if len(found) < 2:
        only = found[0] if found else 0.0
        return Spread(only, only, only, len(found), left_out)
    low, middle, high = statistics.quantiles(found, n=4, method="inclusive")
    return Spread(middle, low, high, len(found), left_out)


def whole(stretches: Iterable[Taken], side: str) -> float:
    """Microseconds a request, with what a server did since the slice before.

    While others are loaded it writes what it was told, and keeps house.
    """
    own = of_side(stretches, side)
    requests = sum(each.since_requests for each in own)
    return sum(each.since_cpu for each in own) / requests * 1e6 if requests else 0.0


def of_side(stretches: Iterable[Taken], side: str) -> list[Slice]:
    """All slices of a side."""
    return [each for taken in stretches for name, each in taken if name == side]


def latency(slices: Iterable[Slice], share: float) -> float:
    """The microseconds within which this share of all answers came; 0 without any."""
    counted: Counter[float] = Counter()
    for each in slices:
        for microseconds, times in each.latencies:
            counted[microseconds] += times
    wanted = share * counted.total()
    for microseconds in sorted(counted):
        wanted -= counted[microseconds]
        if wanted <= 0:
            return microseconds
    return 0.0
