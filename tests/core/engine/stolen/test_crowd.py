"""How many different names there were, without remembering them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.stolen.crowd import NOBODY, joined, size

NAMES = st.integers(0, 200).map("r{}@example.test".format)


def of(names: list[str]) -> bytes:
    crowd = NOBODY
    for name in names:
        crowd = joined(crowd, name)
    return crowd


@given(st.lists(NAMES, max_size=120), st.lists(NAMES, max_size=120))
def test_two_crowds_are_as_large_as_one_of_both(one: list[str], two: list[str]) -> None:
    """Whichever way they are kept; and nobody counts twice."""
    assert size(of(one), of(two)) == size(of(one + two))
    assert of(one + one[:9]) == of(one)
    assert size(of(one)) == pytest.approx(len({*one}), rel=0.1, abs=5)


def test_few_take_little() -> None:
    assert size() == size(NOBODY) == 0
    assert len(of(["a"])) == 2
    assert len(of([f"r{number}@example.test" for number in range(3000)])) == 256
