"""Chooses the numbers that an axis or a legend shows: round ones, few, whole where counts are.

Knows no pixels and no languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10
from typing import TypeVar

Number = int | float
Measure = TypeVar("Measure", int, float)
ROUND = (1, 2, 5, 10)


def measured(value: Measure) -> Measure:
    """Return a number that can be drawn; minus zero is zero.

    Raises:
        ValueError: it is negative, infinite or not a number.
    """
    if not isfinite(value) or value < 0:
        raise ValueError(f"{value} cannot be drawn")
    return value + 0


def ticks(maximum: Number, wanted: int = 4) -> list[Number]:
    """Return round numbers from 0 to the first that is not below the maximum.

    Args:
        maximum: the largest number on the axis; for 0 the axis goes to 1.
        wanted: about how many steps; there are two to five for the usual four.

    >>> ticks(23), ticks(151), ticks(0), ticks(0.7)
    ([0, 10, 20, 30], [0, 50, 100, 150, 200], [0, 1], [0, 0.2, 0.4, 0.6, 0.8])
    """
    maximum = measured(maximum) or 1
    if isinstance(maximum, int):
        step = _whole_step(-(-maximum // wanted))
        return [step * number for number in range(-(-maximum // step) + 1)]
    power = floor(log10(maximum / wanted))
    fraction = maximum / wanted / 10.0**power
    factor = next((number for number in ROUND if fraction <= number * (1 + 1e-9)), 10)
    last = ceil(maximum / (factor * 10.0**power) * (1 - 1e-9))
    # Dividing by a power of ten is exact where multiplying by 0.1 is not.
    return [
        number * factor / 10**-power if power < 0 else number * factor * 10.0**power
        for number in range(last + 1)
    ]


def classes(counts: Iterable[int], wanted: int = 5) -> tuple[int, ...]:
    """Return the lower bounds of classes that divide counts evenly by size, not by number.

    A few countries have most of the logins, so each class reaches several times as far as the one
    before. Bounds are round, and every class but the last ends below the next bound.

    Args:
        counts: zeros are in no class.
        wanted: the most classes.

    >>> classes([0, 3, 1, 2]), classes([1, 40, 7000, 90000])
    ((1, 2, 3), (1, 10, 100, 1000, 10000))
    """
    positive = sorted({count for count in map(measured, counts) if count})
    if len(positive) <= wanted and (not positive or positive[-1] <= wanted):
        return tuple(positive)
    low, high = log10(positive[0]), log10(positive[-1])
    inner = (_near(low + (high - low) * part / wanted) for part in range(1, wanted))
    bounds = {bound for bound in inner if positive[0] < bound <= positive[-1]}
    return (_below(positive[0]), *sorted(bounds))


def class_of(count: int, bounds: tuple[int, ...]) -> int:
    """Return which class a count is in: 1 is the lowest, 0 stands for none at all."""
    return sum(count >= bound for bound in bounds) if count > 0 else 0


def _whole_step(least: int) -> int:
    power: int = 10 ** (len(str(least)) - 1)
    return next(number * power for number in ROUND if least <= number * power)


def _near(exponent: float) -> int:
    """The round number nearest to a power of ten with a fraction, on a logarithmic scale."""
    power: int = 10 ** floor(exponent)
    rest = exponent - floor(exponent)
    return power * min(ROUND, key=lambda number: abs(log10(number) - rest))


def _below(count: int) -> int:
    power: int = 10 ** (len(str(count)) - 1)
    return max(number * power for number in ROUND if number * power <= count)
